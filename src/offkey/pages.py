"""HTML pages: one style, and templates that escape every value."""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from pathlib import Path
from typing import Any

from offkey.errors import check_installed

__all__ = ["STYLE", "data_uri", "render"]

STYLE = Path(__file__).parent / "style"
"""Folder of the style sheets: ``page.css`` of pages that are files, ``shared.css`` of these and of the web app."""


def data_uri(kind: str, content: bytes) -> str:
    """Return a picture or a sound of a MIME type as text that stands in a page itself."""
    return f"data:{kind};base64,{b64encode(content).decode('ascii')}"


def render(package: str, template: str, **context: Any) -> str:
    """Return a page.

    `package`: the package in whose folder the template lies, with those that it includes.
    `context`: what it shows; all text is escaped, and a name that is not given is an error. `style` holds the rules
        that every page begins with: light and dark, readable from 360 pixels of width on, no resource outside the page.
    """
    check_installed("pictures", "A page", "jinja2")
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(lambda name: files(package).joinpath(name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _figure
    style = "\n".join((STYLE / name).read_text(encoding="utf-8") for name in ("page.css", "shared.css"))
    return environment.get_template(template).render(style=style, **context)


def _figure(value: float | None, digits: int = 4) -> str:
    """Return a figure with its digits after the point, a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"
