"""An explanation as a picture: for a screen with all its words, or for a paper at the width of a column."""

from __future__ import annotations

from offkey.explain.explanation import Explanation
from offkey.explain.paper_picture import paper_figure
from offkey.explain.picture import figure_of
from offkey.pictures import PictureForm, fonts, parse_width, picture_bytes

__all__ = ["draw", "draw_in"]

_SCREEN_DPI = 150


def draw(
    explanation: Explanation, *, file_format: str = "png", width: str | None = None, dpi: int | None = None
) -> bytes:
    """Draw an explanation.

    Parameters
    ----------
    explanation : Explanation
        The result of `offkey.explain.explain`.
    file_format : {"png", "svg", "pdf"}, default "png"
        Format of the picture.
    width : str or None, default None
        Width on paper, from 5 to 60 cm, such as ``"8.8cm"``, ``"88mm"`` or ``"3.46in"``. The picture then shows levels,
        deviations and bars with axes, units and colour bars in letters of 7 to 8 points, without the sentences. None:
        the picture with sentences, 10 inches wide.
    dpi : int or None, default None
        Pixels per inch, from 50 to 1200, of a PNG and of the spectrograms inside an SVG or PDF. None: 300, or 150 for a
        PNG without `width`.

    Returns
    -------
    bytes
        The content of the file; equal explanations give equal bytes.

    Raises
    ------
    ParameterError
        If an argument is not as described.

    Examples
    --------
    >>> from offkey.explain import draw, explain
    >>> draw(explain(model, "today.wav"))[1:4]
    b'PNG'
    >>> draw(explain(model, "today.wav"), file_format="pdf", width="8.8cm")[:4]
    b'%PDF'
    """
    return draw_in(explanation, PictureForm(file_format, None if width is None else parse_width(width), dpi))


def draw_in(explanation: Explanation, form: PictureForm) -> bytes:
    """Draw an explanation in a form."""
    with fonts(form):
        width = form.width_in
        figure = figure_of(explanation) if width is None else paper_figure(explanation, width)
        return picture_bytes(figure, form, screen_dpi=_SCREEN_DPI)
