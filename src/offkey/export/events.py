"""The rule by which a stream on a device has events, from a shadow or from what is promised of single windows."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.decision.calibration import MOST_SURPRISING
from offkey.decision.events.shadow import Shadow
from offkey.errors import DataError, ExportError, ParameterError, UsageError
from offkey.features.overlapping import whole_frames_s
from offkey.model import Model
from offkey.runtime.calibration import EventRule
from offkey.tables import number, read_text_table

__all__ = ["HOP_S", "event_rule", "stream_hop_s"]

HOP_S = 1.0
"""Seconds from one window of a stream to the next, where nothing else is asked for; then cut to whole frames."""

_ALLOWED = 1  # events that a shadow may hold: the sensitivity of `offkey watch` where none is asked for
_STAND_IN_S, _MOST_WINDOWS = 7 * 86_400.0, 700_000
_LEAST_HOP_S = 0.1
_SAME_S = 1e-3  # between two hops


def stream_hop_s(model: Model, hop_s: float | None) -> float:
    """Return the hop of a stream in seconds, cut to whole frames where windows overlap, as a monitor does.

    `hop_s`: as asked for; by default `HOP_S`, and a window where that is shorter.
    """
    window_s = model.windowing.window_s
    asked = min(HOP_S, window_s) if hop_s is None else hop_s
    if not (math.isfinite(asked) and _LEAST_HOP_S <= asked <= window_s):
        raise UsageError(
            f"The hop of a stream must be between {_LEAST_HOP_S:g} s and the {window_s:g} s of a window. "
            f"Got {asked:g} s instead."
        )
    return whole_frames_s(asked, model.rate, least_s=_LEAST_HOP_S) if asked < window_s else asked


def event_rule(model: Model, hop_s: float | None = None, shadow: Path | None = None) -> EventRule:
    """Return the rule by which a stream has events.

    Parameters
    ----------
    model : Model
        Whose calibration says how unusual a score is.
    hop_s : float, optional
        Seconds from one window of the stream to the next; by default that of the shadow, else 1 s.
    shadow : Path, optional
        Score file of normal sound in the order of time, as ``offkey score MODEL RECORDINGS --hop 1`` writes it.
        Without one a week of windows or less stands for it, in which surprises are distributed as the calibration
        promises, and windows that share no sound do not depend on each other.

    Returns
    -------
    EventRule

    Raises
    ------
    UsageError
        If the hop is out of range, or not that of the shadow.
    DataError, ExportError
        If the shadow cannot be read, or is too short.
    """
    if shadow is not None:
        return _of_shadow(model, hop_s, shadow)
    hop = stream_hop_s(model, hop_s)
    return _of_stand_in(hop, max(1, round(model.windowing.window_s / hop)))


def _rule(surprises: NDArray[np.float64], hop_s: float, basis: str) -> EventRule:
    rule = Shadow(surprises, hop_s=hop_s).sensitivity(_ALLOWED).rule
    return EventRule(hop_s, rule.half_life, rule.open_at, rule.close_at, rule.hold, rule.usual, basis)


@lru_cache
def _of_stand_in(hop_s: float, together: int) -> EventRule:
    """Return the rule of normal windows whose p-values are uniform, so many of them sharing one as share sound."""
    n = min(round(_STAND_IN_S / hop_s), _MOST_WINDOWS)
    drawn = np.random.default_rng(0).exponential(size=-(-n // together))
    surprises = np.minimum(np.repeat(drawn, together)[:n], MOST_SURPRISING)
    basis = (
        f"{n * hop_s / 86_400:.2g} days of windows as the calibration promises them, independent where they share no "
        f"sound, in which there was {_ALLOWED} event; a real machine has more: count them in a shadow (--shadow)."
    )
    return _rule(surprises, hop_s, basis)


def _of_shadow(model: Model, hop_s: float | None, path: Path) -> EventRule:
    scores, found_s = _read(path, model.windowing.window_s)
    asked = found_s if hop_s is None else stream_hop_s(model, hop_s)
    if abs(asked - found_s) > _SAME_S:
        raise UsageError(
            f"The windows of {path} are {found_s:g} s apart, and not the {asked:g} s of --hop: score the shadow with "
            "the same --hop, or leave it out."
        )
    surprises = model.calibration.surprises(scores)
    days = float(np.isfinite(scores).sum()) * found_s / 86_400
    try:
        rule = _rule(
            surprises,
            found_s,
            f"A shadow of {days:.3g} days of normal sound ({path.name}), in which there was {_ALLOWED} event at most.",
        )
    except ParameterError as error:
        raise ExportError(
            f"The shadow {path} is too short to count events in, with {24 * days:.2g} hours of sound. {error} A block "
            "is a minute, or more where scores change slowly; a day of sound has enough."
        ) from error
    return replace(rule, hop_s=stream_hop_s(model, found_s))


def _read(path: Path, window_s: float) -> tuple[NDArray[np.float64], float]:
    """Return the scores of a file in their order, NaN for rows with an error, and the seconds between windows."""
    table = read_text_table(path, "score file", ("file", "score", "start_s", "end_s"))
    if not {"file", "score"} <= set(table.columns):
        raise DataError(
            f"The shadow {path} must be a score file as 'offkey score' writes it, with the columns 'file' and 'score'. "
            f"Found {table.found!r}."
        )
    scores: list[float] = []
    steps: list[float] = []
    last: tuple[str, float] | None = None
    for _, cells in table.rows(("file",)):
        value, start = number(cells.get("score", "")), number(cells.get("start_s", ""))
        scores.append(np.nan if value is None else value)
        if last is not None and start is not None and last[0] == cells["file"]:
            steps.append(start - last[1])
        last = None if start is None else (cells["file"], start)
    return np.array(scores, np.float64), float(np.median(steps)) if steps else window_s
