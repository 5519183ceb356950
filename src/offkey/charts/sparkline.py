"""A sparkline: the course of a value in the space of a word (E. R. Tufte, "Beautiful Evidence", 2006)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

__all__ = ["sparkline"]

_WIDTH, _HEIGHT, _EDGE = 160, 36, 2


def sparkline(title: str, values: Sequence[float | None], *, limit: float | None = None) -> Markup:
    """Return the course of a value as SVG, without axes.

    Parameters
    ----------
    title : str
        For people who do not see the picture.
    values : sequence of float or None
        Evenly spaced; the line breaks where there is none.
    limit : float, optional
        A value that is drawn as a dashed line, such as a threshold.

    Returns
    -------
    Markup
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    ends = [*known, *([] if limit is None else [limit])]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    span = (high - low) or 1.0

    def down(value: float) -> float:
        return _EDGE + (high - value) / span * (_HEIGHT - 2 * _EDGE)

    step = _WIDTH / max(1, len(values) - 1)
    pieces, is_drawing = [], False
    for number, value in enumerate(values):
        is_known = value is not None and math.isfinite(value)
        if is_known and value is not None:
            pieces.append(f"{'L' if is_drawing else 'M'}{number * step:.1f} {down(value):.1f}")
        is_drawing = is_known
    dashed = "" if limit is None or not known else f'<path class="threshold" d="M0 {down(limit):.1f}H{_WIDTH}"/>'
    line = f'<path class="line" vector-effect="non-scaling-stroke" d="{"".join(pieces)}"/>'
    head = f'<svg class="chart sparkline" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img">'
    return Markup(f"{head}<title>{escape(title)}</title>{dashed}{line}</svg>")  # noqa: S704 - escaped above
