"""Changed values in a TOML file whose comments and order stay."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, AoT, Comment, Item, Table, Whitespace

from offkey.errors import OffkeyError
from offkey.watch.toml_lines import Place

__all__ = ["edited"]


def edited(text: str, edits: Mapping[Place, Any]) -> str:
    """Return a TOML file with other values.

    Parameters
    ----------
    text : str
        A valid TOML file.
    edits : mapping of place to value
        None takes away what is there. A place one behind the end of a list of tables adds a table. Values in a table
        are written in its line, as ``source = {kind = "folder", path = "in"}``. Edits count in their order.

    Returns
    -------
    str
        The file, whose values differ in the edits alone.

    Raises
    ------
    OffkeyError
        If the file is written in a way that cannot be changed safely.
    """
    wanted: dict[str, Any] = tomllib.loads(text)
    try:
        document = tomlkit.parse(text)
        for place, value in edits.items():
            _edit(wanted, place, value)
            _edit(document, place, value)
        found = tomlkit.dumps(document)
        is_right = tomllib.loads(found) == wanted
    except (TOMLKitError, tomllib.TOMLDecodeError, KeyError, IndexError, TypeError) as error:
        raise OffkeyError(
            f"The file of the plant cannot be changed by a program: {error}. Change it by hand."
        ) from error
    if not is_right:
        raise OffkeyError("The file of the plant is written in a way that a program cannot change: change it by hand.")
    return found


def _edit(root: Any, place: Place, value: Any) -> None:
    """Put a value in its place, in what tomllib reads as well as in what tomlkit does."""
    at, last = root, place[-1]
    for key, following in pairwise(place):
        if isinstance(key, str) and key not in at:
            if value is None:
                return
            _put(at, key, _empty(root, following))
        at = at[key]
    if value is not None:
        _put(at, last, value)
    elif isinstance(last, int) or last in at:
        del at[last]


def _empty(root: Any, following: str | int) -> Any:
    """Return an empty table, or list of tables, in the form of what it comes into."""
    is_list, is_plain = isinstance(following, int), type(root) is dict
    if is_plain:
        return [] if is_list else {}
    return tomlkit.aot() if is_list else tomlkit.table()


def _put(at: Any, key: str | int, value: Any) -> None:
    """Set a key, or add to the end of a list."""
    if isinstance(at, AoT) and key == len(at):
        at.append(_item(value, tomlkit.table()))
        at[-1].trivia.indent = "\n"  # an empty line before it
        return
    if isinstance(at, Item | Container) and type(value) is dict:
        value = _item(value, tomlkit.inline_table())
    if isinstance(key, int) and key == len(at):
        at.append(value)
    elif isinstance(at, Table) and key not in at:
        _put_last(at, str(key), value)
    else:
        at[key] = value


def _put_last(table: Table, key: str, value: Any) -> None:
    """Add a key behind the last one: comments and empty lines at the end belong to what comes next."""
    body, rest = table.value.body, list[Comment | Whitespace]()
    while body and body[-1][0] is None and isinstance(item := body[-1][1], Comment | Whitespace):
        rest.insert(0, item)
        body.pop()
    table[key] = value
    for item in rest:
        table.add(item)


def _item(values: Mapping[str, Any], table: AbstractTable) -> AbstractTable:
    """Return a table with values, of which those that are tables stand in one line."""
    for key, value in values.items():
        table[key] = _item(value, tomlkit.inline_table()) if isinstance(value, Mapping) else value
    return table
