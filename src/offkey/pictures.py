"""Pictures: colours that stay apart for most eyes, and a figure without a window behind it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from offkey.errors import check_installed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "new_figure", "png"]

COLOURS = ("#4477aa", "#cc3311", "#228833", "#aa3377", "#ccaa22", "#66ccee", "#888888", "#332288")
"""Colours that stay apart for most eyes (after P. Tol)."""


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, of a size in inches, that no window or global state of matplotlib knows."""
    check_installed("pictures", "A picture", "matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png(figure: Figure, *, dpi: int = 110) -> bytes:
    """Return a figure as a PNG image."""
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=dpi)
    return content.getvalue()
