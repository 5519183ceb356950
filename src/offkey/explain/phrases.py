"""Phrases for frequencies, times and lists."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.audio.recording_times import clock

__all__ = ["band", "hertz", "listed", "moments", "span", "when"]

_MINUTE = 60.0
_WHOLE = 0.85  # share of a clip that is called all of it
_EDGE = 0.025  # share of a clip that lies at its start, or its end
_MOST_NAMED = 2


def hertz(hz: float) -> str:
    """Return a frequency, such as ``"630 Hz"`` or ``"3.1 kHz"``."""
    return f"{hz / 1000:.2g} kHz" if hz >= 995 else f"{float(f'{hz:.2g}'):.0f} Hz"


def band(low_hz: float, high_hz: float) -> str:
    """Return a band, such as ``"3.1 to 3.6 kHz"``."""
    low, high = hertz(low_hz), hertz(high_hz)
    if low == high:
        return low
    if low.split()[1] == high.split()[1]:
        low = low.split()[0]
    return f"{low} to {high}"


def when(spans_s: Sequence[tuple[float, float]], start_s: float, end_s: float, *, whole: bool = True) -> str:
    """Return spans of a clip in words, such as ``"from 4.2 s to the end"``; a window has neither start nor end."""
    if sum(high - low for low, high in spans_s) >= _WHOLE * (end_s - start_s):
        return "throughout"
    if len(spans_s) > _MOST_NAMED:
        return f"in {len(spans_s)} stretches between {span(spans_s[0][0], spans_s[-1][1], 'and')}"
    edge = _EDGE * (end_s - start_s) if whole else 0.0
    return listed([_stretch(low - start_s < edge, end_s - high < edge, low, high) for low, high in spans_s])


def moments(seconds: Sequence[float]) -> str:
    """Return moments of a recording in words: ``"3.2 and 4.1 s"``, and from a minute on as a player shows them."""
    if max(seconds) < _MINUTE:
        return f"{listed([f'{moment:.1f}' for moment in seconds])} s"
    return listed([clock(moment) for moment in seconds])


def span(low: float, high: float, word: str = "to") -> str:
    """Return a stretch of a recording in words: ``"0.9 to 9.6 s"``, and from a minute on as a player shows it."""
    if high < _MINUTE:
        return f"{low:.1f} {word} {high:.1f} s"
    return f"{clock(low)} {word} {clock(high)}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list: ``"a, b and c"``."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _stretch(at_start: bool, at_end: bool, low: float, high: float) -> str:
    if at_start:
        return f"from the start to {moments([high])}"
    if at_end:
        return f"from {moments([low])} to the end"
    return f"from {span(low, high)}"
