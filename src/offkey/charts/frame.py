"""The frame of a chart: axes with ticks around the data, as SVG whose colours come from the style sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from markupsafe import Markup

__all__ = ["MINUS", "Axis", "Frame", "marks", "tick_text", "ticks"]

MINUS = "\N{MINUS SIGN}"

_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 20, 36
_MOST_TICKS = 6
_LETTER = 7.0  # width of a letter in pixels, at most


@dataclass(frozen=True)
class Axis:
    """From values to places in the picture."""

    first: float
    last: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.first) / ((self.last - self.first) or 1) * (self.end - self.start)


@dataclass(frozen=True)
class Frame:
    """The frame around the data of a picture of a given size."""

    width: int
    height: int

    def across(self, first: float, last: float) -> Axis:
        """Return the axis from left to right."""
        return Axis(first, last, _LEFT, self.width - _RIGHT)

    def down(self, low: float, high: float) -> Axis:
        """Return the axis from the bottom to the top."""
        return Axis(high, low, _TOP, self.height - _BOTTOM)

    def mark(self, left: float, right: float) -> str:
        """Return a stretch between two places that is pointed out."""
        height = self.height - _TOP - _BOTTOM
        return f'<rect class="marked" x="{left:.1f}" y="{_TOP}" width="{max(2, right - left):.1f}" height="{height}"/>'

    def y_axis(self, marks: Sequence[tuple[float, str]], label: str) -> list[str]:
        """Return the vertical axis with its grid; `marks` are places with their texts."""
        parts = [f'<text class="label" x="4" y="12">{escape(label)}</text>']
        for y, text in marks:
            parts.append(f'<line class="grid" x1="{_LEFT}" x2="{self.width - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(f'<text class="tick end" x="{_LEFT - 6}" y="{y + 4:.1f}">{escape(text)}</text>')
        return parts

    def x_axis(self, marks: Sequence[tuple[float, str]], label: str) -> list[str]:
        """Return the horizontal axis; `marks` are places with their texts."""
        y, middle = self.height - _BOTTOM + 16, (_LEFT + self.width - _RIGHT) / 2
        parts = []
        for x, text in marks:
            over = max(0.0, x + _LETTER / 2 * len(text) - self.width)  # a long text at the right end moves to the left
            parts.append(f'<text class="tick middle" x="{x - over:.1f}" y="{y}">{escape(text)}</text>')
        return [*parts, f'<text class="label middle" x="{middle}" y="{self.height - 4}">{escape(label)}</text>']

    def svg(self, title: str, parts: Sequence[str]) -> Markup:
        """Return the whole chart; `title` is for people who do not see it."""
        box, label, inner = f"0 0 {self.width} {self.height}", escape(title, quote=True), "".join(parts)
        return Markup(f'<svg class="chart" viewBox="{box}" role="img" aria-label="{label}">{inner}</svg>')  # noqa: S704 - numbers and escaped text


def ticks(low: float, high: float) -> list[float]:
    """Return up to about six round values of a range."""
    span = (high - low) or 1
    step = 10 ** np.floor(np.log10(span / _MOST_TICKS))
    step *= next(k for k in (1, 2, 5, 10) if span / (k * step) <= _MOST_TICKS)
    return [float(t) for t in np.arange(np.ceil(low / step) * step, high + step / 1e6, step)]


def marks(values: Sequence[float], axis: Callable[[float], float]) -> list[tuple[float, str]]:
    """Return the places of some values on an axis, with their texts."""
    return [(axis(value), tick_text(value)) for value in values]


def tick_text(value: float) -> str:
    """Return a value as an axis shows it."""
    if abs(value) >= 1000 and value % 100 == 0:
        return f"{value / 1000:g}k"
    return f"{value:.6g}".replace("-", MINUS) if value else "0"
