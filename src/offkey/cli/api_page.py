"""The documentation page of all public names, made from their docstrings.

``python -m offkey.cli.api_page > docs/api.md``
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import chain, pairwise
from types import ModuleType
from typing import Any, get_overloads

from offkey.cli.numpydoc import Entry, Sections, read_docstring
from offkey.components import Registry

__all__ = ["MODULES", "methods", "page", "public"]

MODULES = (
    "offkey",
    "offkey.detectors",
    "offkey.features",
    "offkey.evaluation",
    "offkey.datasets",
    "offkey.explain",
    "offkey.export",
    "offkey.client",
)
"""The modules that are public, each by the names in its ``__all__``."""

_HEAD = """# Python API

Made by `python -m offkey.cli.api_page > docs/api.md` from the docstrings; `help(offkey.fit)` prints the same. These
names are public, and `dir()` of their modules lists them. They change only with a note in the changelog. **Everything
else is private** and may change with any release, even if it can be imported. [Usage](usage.md) shows how the parts
work together; [detectors](detectors.md) lists detectors and front ends. The modules `offkey.synthetic` and
`offkey.learned.identify`, which their pages describe, may still change.
"""

_LONGEST = 88  # letters of a signature on one line
_PLURALS = {"Parameters": "parameter", "Attributes": "attribute"}


def public(module: str) -> dict[str, Any]:
    """Return the public things of a module by name, other modules left out."""
    home = import_module(module)
    things = {name: getattr(home, name) for name in home.__all__}
    return {name: thing for name, thing in things.items() if not isinstance(thing, ModuleType)}


def methods(cls: type) -> dict[str, Any]:
    """Return the public methods and properties of a class of offkey, those of public bases left out."""
    shown = {id(thing) for module in MODULES for thing in public(module).values()} - {id(cls)}
    bases = [base for base in cls.__mro__ if base.__module__.startswith("offkey.") and id(base) not in shown]
    found: dict[str, Any] = {}
    for name, thing in chain.from_iterable(vars(base).items() for base in bases):  # what it says itself comes first
        if not name.startswith("_"):
            found.setdefault(name, thing)
    functions = (staticmethod, classmethod, property)
    return {name: thing for name, thing in found.items() if inspect.isfunction(thing) or isinstance(thing, functions)}


def page() -> str:
    """Return the page as Markdown: one section per module, with a table of its names and then each of them."""
    lines, shown = [_HEAD], dict[int, str]()
    for module in MODULES:
        doc = read_docstring(import_module(module).__doc__)
        things = public(module)
        lines += [f"## {module}", "", _markdown(doc.description), "", *_sections(doc)]
        lines += ["| name | what it is |", "| --- | --- |"]
        for name, thing in things.items():
            summary = read_docstring(_doc(thing, module, name)).summary
            lines.append(f"| [`{name}`](#{_anchor(module, name)}) | {_cell(summary)} |")
        for name, thing in things.items():
            lines += ["", f"### {module}.{name}".replace("__", r"\_\_"), ""]  # else Markdown takes it for bold
            if id(thing) in shown:
                lines.append(f"The same as `{shown[id(thing)]}`.")
            elif isinstance(thing, type) or inspect.isroutine(thing):
                lines += _body(thing, name)
            else:
                lines += _constant(thing, module, name)
            if isinstance(thing, type):
                shown[id(thing)] = f"{module}.{name}"
        lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _constant(thing: Any, module: str, name: str) -> Iterator[str]:
    yield from (
        _markdown(_doc(thing, module, name)),
        "",
        f"`{thing!r}`".replace("offkey.datasets.ground_truth.", ""),
        "",
    )


def _body(thing: Any, name: str, prefix: str = "") -> Iterator[str]:
    """Yield the lines about one thing: its signature, its docstring, and the methods of a class."""
    if not isinstance(thing, property) and not (isinstance(thing, type) and issubclass(thing, Exception)):
        signatures = [_signature(one, prefix + name) for one in get_overloads(thing) or [thing]]
        yield from ("```text", *signatures, "```", "")
    doc = read_docstring(thing.__doc__)
    yield from (_markdown(doc.description), "")
    yield from _sections(doc)
    if isinstance(thing, type) and not issubclass(thing, Exception):
        for method, function in methods(thing).items():
            yield from (f"#### {name}.{method}", "")
            yield from _body(function, method, prefix=f"{name}.")


def _sections(doc: Sections) -> Iterator[str]:
    for title, word in _PLURALS.items():
        if entries := doc.entries(title):
            yield from (f"| {word} | type | meaning |", "| --- | --- | --- |")
            yield from (f"| `{entry.name}` | {_cell(entry.kind)} | {_cell(entry.meaning)} |" for entry in entries)
            yield ""
    for title in ("Returns", "Yields", "Raises"):
        if entries := doc.entries(title):
            yield from (f"{title}:", "", *map(_described, entries), "")
    if "Examples" in doc:
        yield from ("```pycon", doc["Examples"], "```", "")


def _described(entry: Entry) -> str:
    name = f"`{entry.name}`" + (f" ({_markdown(entry.kind)})" if entry.kind else "")
    return f"- {name}: {_markdown(entry.meaning)}".removesuffix(": ")


def _signature(thing: Callable[..., Any], name: str) -> str:
    """Return a signature with its types as they are written, a parameter a line where it is long."""
    signature = inspect.signature(thing.__func__ if isinstance(thing, classmethod | staticmethod) else thing)
    given, kinds = list[str](), inspect.Parameter
    keyword_only = False
    for parameter in signature.parameters.values():
        if parameter.name in ("self", "cls") or parameter.annotation == "Never":
            continue
        if parameter.kind is kinds.KEYWORD_ONLY and not keyword_only:
            given.append("*")
            keyword_only = True
        given.append(_parameter(parameter))
        if parameter.kind is kinds.POSITIONAL_ONLY:
            given.append("/")
    returned = signature.return_annotation
    end = "" if isinstance(thing, type) or returned is signature.empty else f" -> {_typed(returned, thing)}"
    line = f"{name}({', '.join(given)}){end}"
    return line if len(line) <= _LONGEST else f"{name}(\n" + "".join(f"    {one},\n" for one in given) + f"){end}"


def _parameter(parameter: inspect.Parameter) -> str:
    text = ("**" if parameter.kind is parameter.VAR_KEYWORD else "") + parameter.name
    if parameter.annotation is not parameter.empty:
        text += f": {_typed(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return text
    return f"{text} = {'...' if callable(parameter.default) else repr(parameter.default)}"


def _typed(annotation: Any, thing: Any = None) -> str:
    """Return a type as it is written; of a registry's method, what the registry holds."""
    written = getattr(annotation, "__forward_arg__", annotation)  # of a named tuple, its text stands inside
    text = written if isinstance(written, str) else str(getattr(written, "__name__", written))
    registry = getattr(thing, "__self__", None)
    return re.sub(r"\bC\b", registry.base.__name__, text) if isinstance(registry, Registry) else text


def _doc(thing: Any, module: str, name: str) -> str:
    """Return a docstring; of a constant, the text that stands behind it in its file."""
    if isinstance(thing, type) or inspect.isroutine(thing):
        return thing.__doc__ or ""
    for home in [one for key, one in sys.modules.items() if key.startswith(f"{module}.")]:
        if vars(home).get(name) is not thing or not re.search(rf"^{name}\b.*=", text := inspect.getsource(home), re.M):
            continue
        for statement, behind in pairwise(ast.parse(text).body):
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            if name in [getattr(target, "id", None) for target in targets] and isinstance(behind, ast.Expr):
                return str(ast.literal_eval(behind.value))
    return ""


def _anchor(module: str, name: str) -> str:
    return re.sub(r"[^\w-]", "", f"{module}.{name}".lower())


def _cell(text: str) -> str:
    return _markdown(" ".join(text.split())).replace("|", r"\|")


def _markdown(text: str) -> str:
    return text.replace("``", "`")


if __name__ == "__main__":
    sys.stdout.write(page())
