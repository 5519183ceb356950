"""Pieces that a program in C is put together from: code, numbers, tables and what is remembered."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Constant", "Member", "Piece", "Table", "number", "part", "shared"]

_BYTES = {"float": 4, "int8_t": 1, "uint8_t": 1, "int16_t": 2, "uint16_t": 2, "int32_t": 4, "uint32_t": 4, "int64_t": 8}
_WIDTH = 110  # characters of a line of a table
_CONDITION = re.compile(r"^( *)//(!?)(\w+): (.*)$")


class Constant(Protocol):
    """Constants, which lie in flash."""

    @property
    def name(self) -> str:
        """Name of them."""

    @property
    def size(self) -> int:
        """Bytes of them, where pointers have 32 bits."""

    def text(self) -> str:
        """Return their definition."""


@dataclass(frozen=True)
class Table:
    """An array of constants, which lies in flash.

    `values`: of one axis, or of two for an array of rows.
    `kind`: C's name of the type of its numbers.
    """

    name: str
    values: NDArray[Any]
    kind: str = "float"

    @property
    def size(self) -> int:
        """Bytes of it."""
        return int(np.size(self.values)) * _BYTES[self.kind]

    def text(self) -> str:
        """Return its definition."""
        axes = "".join(f"[{length}]" for length in self.values.shape)
        rows = [self.values] if self.values.ndim == 1 else list(self.values)
        bodies = [_lines(number(value) for value in row) for row in rows]
        body = bodies[0] if self.values.ndim == 1 else ",\n".join(f"{{\n{row}\n}}" for row in bodies)
        return f"static const {self.kind} {self.name}{axes} = {{\n{body}\n}};\n"


@dataclass(frozen=True)
class Member:
    """A member of the state, which lies in memory; `axes` is empty for a single number."""

    name: str
    kind: str
    note: str
    axes: tuple[str, ...] = ()
    count: int = 1

    @property
    def size(self) -> int:
        """Bytes of it, without what alignment adds."""
        return self.count * _BYTES[self.kind]

    @property
    def alignment(self) -> int:
        """Bytes that its place is a multiple of."""
        return _BYTES[self.kind]

    def text(self) -> str:
        """Return its declaration."""
        axes = "".join(f"[{axis}]" for axis in self.axes)
        return f"    {self.kind} {self.name}{axes}; /* {self.note} */"


@dataclass(frozen=True)
class Piece:
    """Part of a program.

    `parts`: names of files of code, without ending, in their order.
    `sizes`: lengths that the header gives, by name.
    `numbers`: constants and short expressions of the code, by name.
    `flags`: conditions under which lines of the code stand.
    """

    parts: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, str | float] = field(default_factory=dict)
    tables: tuple[Constant, ...] = ()
    state: tuple[Member, ...] = ()
    flags: frozenset[str] = frozenset()

    @classmethod
    def joined(cls, pieces: Iterable[Piece]) -> Piece:
        """Return several as one."""
        some = list(pieces)
        return cls(
            tuple(dict.fromkeys(name for one in some for name in one.parts)),
            {name: value for one in some for name, value in one.sizes.items()},
            {name: value for one in some for name, value in one.numbers.items()},
            tuple(table for one in some for table in one.tables),
            tuple(member for one in some for member in one.state),
            frozenset().union(*(one.flags for one in some)),
        )


def shared(whole: Piece) -> Piece:
    """Return a program whose equal tables are one, with the names of the others for it."""
    known: dict[tuple[str, bytes], str] = {}
    names, tables = dict(whole.numbers), list[Constant]()
    for table in whole.tables:
        first = table.name
        if isinstance(table, Table):
            first = known.setdefault((f"{table.kind} {table.values.shape}", table.values.tobytes()), table.name)
        if first == table.name:
            tables.append(table)
        else:
            names[table.name] = first
    return replace(whole, numbers=names, tables=tuple(tables))


def number(value: Any) -> str:
    """Return a number as C has it: floats in the fewest digits that tell them apart."""
    return f"{np.float32(value)!s}f" if isinstance(value, float | np.floating) else str(int(value))


def part(name: str, flags: Collection[str] = ()) -> str:
    """Return the code of a part: ``//flag: code`` stands where there is the flag, ``//!flag: code`` where not."""
    text = files("offkey.export.c").joinpath("parts", name).read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        found = _CONDITION.match(line)
        if found is None:
            lines.append(line)
        elif (found[3] in flags) != bool(found[2]):
            lines.append(found[1] + found[4])
    return "\n".join(lines) + "\n"


def _lines(numbers: Iterable[str]) -> str:
    lines, line = [], ""
    for one in numbers:
        if line and len(line) + len(one) + 2 > _WIDTH:
            lines.append(line)
            line = ""
        line += f"{' ' if line else ''}{one},"
    return "\n".join([*lines, line])
