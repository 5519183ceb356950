"""Templates to pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from offkey.charts import MINUS
from offkey.pages import STYLE

__all__ = ["STATIC", "NavigationItem", "Renderer", "static_version"]

STATIC = Path(__file__).parent / "static"
_TEMPLATES = Path(__file__).parent / "templates"
_MINUTE = 60
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class NavigationItem:
    """A page that every page links to."""

    title: str
    path: str


class Renderer:
    """Renders templates with what all pages share.

    `shared` gives further values for each page; `templates` are folders of further templates.
    """

    def __init__(
        self,
        title: str,
        navigation: Sequence[NavigationItem] = (),
        shared: Callable[[], Mapping[str, Any]] = dict,
        templates: Sequence[Path] = (),
    ) -> None:
        self._shared = shared
        self._environment = Environment(
            loader=FileSystemLoader((_TEMPLATES, *templates)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"number": number, "seconds": seconds, "count": count, "breakable": breakable}
        self._environment.globals |= {"app_title": title, "navigation": tuple(navigation), "version": static_version()}

    def __call__(
        self, request: Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> HTMLResponse:
        """Return a page."""
        root = request.scope.get("root_path", "")
        path = request.url.path.removeprefix(root) or "/"
        content = self.text(template, {"path": path, "root": root, **(values or {})})
        return HTMLResponse(content, status)

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """Return a rendered template as text."""
        return self._environment.get_template(template).render({**self._shared(), **values})


def number(value: float | None, digits: int = 2) -> str:
    """Return a number for people, a dash where there is none."""
    if value is None or value != value:
        return DASH
    return f"{value:.{digits}f}".replace("-", MINUS)


def seconds(value: float | None) -> str:
    """Return a duration for people: ``9.50 s``, ``2:05``, ``1:00:00``."""
    if value is None:
        return DASH
    if value < _MINUTE:
        return f"{value:.2f} s"
    minutes, remainder = divmod(round(value), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02d}:{remainder:02d}" if hours else f"{minutes}:{remainder:02d}"


def breakable(path: str) -> Markup:
    """Return a path that may be broken into lines where its parts and words end."""
    return Markup(re.sub(r"([/_])", r"\1<wbr>", str(escape(path))))  # noqa: S704 - escaped but for the breaks


def count(value: int) -> str:
    """Return a whole number with narrow spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


@cache
def static_version() -> str:
    """Return a digest of the static files, which stands in their addresses: browsers keep them until they change."""
    digest = blake2b(digest_size=6)
    for path in sorted((*STATIC.rglob("*"), *STYLE.glob("*"))):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
