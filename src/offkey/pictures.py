"""Pictures: colours that stay apart for most eyes, a figure without a window behind it, and the form it is saved in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.errors import ParameterError, check_installed
from offkey.files import write_bytes

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "FORMATS",
    "SCREEN",
    "Picture",
    "PictureForm",
    "diverging",
    "fonts",
    "new_figure",
    "parse_width",
    "picture_bytes",
]

COLOURS = ("#4477aa", "#cc3311", "#228833", "#aa3377", "#ccaa22", "#66ccee", "#888888", "#332288")
"""Colours that stay apart for most eyes (after P. Tol)."""

FORMATS = ("png", "svg", "pdf")
"""Formats of a picture, which are the endings of its file too."""

_WIDTHS_CM = (5.0, 60.0)
_DPIS = (50, 1200)
_CM = {"cm": 1.0, "mm": 0.1, "in": 2.54}
_PRINT_DPI = 300
_PRINT_FONTS = {  # in points, as journals ask for: about that of a caption, never below 6
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "figure.titlesize": 8,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
}
_SAVED = {
    "svg.hashsalt": "offkey",  # equal figures give equal files
    "svg.fonttype": "path",  # letters look the same wherever the file is opened
    "pdf.fonttype": 42,  # letters stay text, in a font that publishers accept
}


@dataclass(frozen=True)
class PictureForm:
    """The form in which a picture is saved.

    `format`: one of `FORMATS`.
    `width_cm`: width on paper, from 5 to 60 cm, with letters of 7 to 8 points; None for the size that suits a screen.
    `dpi`: pixels per inch of a PNG, and of what lies in an SVG or PDF as an image, from 50 to 1200; None for 300, or
        for what suits a screen in a PNG without a width.
    """

    format: str = "png"
    width_cm: float | None = None
    dpi: int | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ParameterError(f"The format of a picture must be {', '.join(FORMATS)}. Got {self.format!r} instead.")
        if self.width_cm is not None and not _WIDTHS_CM[0] <= self.width_cm <= _WIDTHS_CM[1]:
            raise ParameterError(f"{_WIDTH_RULE} Got {self.width_cm:g}cm instead.")
        if self.dpi is not None and not _DPIS[0] <= self.dpi <= _DPIS[1]:
            raise ParameterError(f"The dpi of a picture must lie between {_DPIS[0]} and {_DPIS[1]}. Got {self.dpi}.")

    @classmethod
    def of(cls, path: Path) -> PictureForm:
        """Return the form that a file's ending names; a PNG if it names none."""
        ending = path.suffix.lower().removeprefix(".")
        return cls(ending if ending in FORMATS else "png")

    @property
    def width_in(self) -> float | None:
        """The width on paper in inches; None for the size that suits a screen."""
        return None if self.width_cm is None else self.width_cm / _CM["in"]


SCREEN = PictureForm()
"""A PNG of the size that suits a screen."""

_WIDTH_RULE = "The width of a picture must lie between 5cm and 60cm, such as 8.8cm, 88mm or 3.46in."


def parse_width(text: str) -> float:
    """Return a width such as ``8.8cm``, ``88mm`` or ``3.46in`` in centimetres; a ParameterError if it is none."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(cm|mm|in)\s*", text)
    if found is None:
        raise ParameterError(f"{_WIDTH_RULE} Got {text!r} instead.")
    return float(found[1]) * _CM[found[2]]


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, of a size in inches, that no window or global state of matplotlib knows."""
    check_installed("pictures", "A picture", "matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


@contextmanager
def fonts(form: PictureForm) -> Iterator[None]:
    """Draw with the letters and lines of print inside the block, where a picture has a width on paper."""
    check_installed("pictures", "A picture", "matplotlib")
    from matplotlib import rc_context

    rules: Any = {} if form.width_cm is None else _PRINT_FONTS
    with rc_context(rules):
        yield


def diverging() -> Colormap:
    """Return the colour map from below to above normal: blue, white, red, as light on either side.

    Its lightness falls evenly from the middle to both ends, and blue against red stays apart in red-green blindness.
    """
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("deviation", [COLOURS[0], "#ffffff", COLOURS[1]])


def picture_bytes(figure: Figure, form: PictureForm = SCREEN, *, screen_dpi: int = 110) -> bytes:
    """Return a figure as the content of a file; equal figures give equal bytes.

    `screen_dpi`: pixels per inch of a PNG whose form sets neither width nor dpi.
    """
    from matplotlib import rc_context

    on_screen = form.format == "png" and form.width_cm is None
    dpi = form.dpi or (screen_dpi if on_screen else _PRINT_DPI)
    undated: Any = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}[form.format]
    content = io.BytesIO()
    saved: Any = _SAVED
    with rc_context(saved):
        figure.savefig(content, format=form.format, dpi=dpi, metadata=undated)
    return content.getvalue()


@dataclass(frozen=True)
class Picture:
    """A picture that a notebook shows, and that is saved for a page or a paper.

    `draw`: returns its figure, for a width on paper in inches, or for a screen if that is None.
    """

    draw: Callable[[float | None], Figure]

    def save(self, path: str | PathLike[str], *, width: str | None = None, dpi: int | None = None) -> None:
        """Save the picture, whole or not at all, in the format of the file's ending: .png, .svg or .pdf.

        Parameters
        ----------
        path : path
            The file.
        width : str, optional
            Width on paper, such as ``"8.8cm"``, with letters of 7 to 8 points; by default the size of a screen.
        dpi : int, optional
            Pixels per inch of a PNG, 300 by default where there is a width.

        Raises
        ------
        ParameterError
            If the ending, the width or the dpi is none that a picture can have.
        """
        file = Path(path)
        width_cm = None if width is None else parse_width(width)
        form = PictureForm(file.suffix.lower().removeprefix("."), width_cm, dpi)
        write_bytes(file, self._bytes(form))

    def _bytes(self, form: PictureForm) -> bytes:
        with fonts(form):
            return picture_bytes(self.draw(form.width_in), form)

    def _repr_png_(self) -> bytes:
        return self._bytes(SCREEN)
