"""From a real clip to the motion of its machine, as far as a fault needs it."""

from __future__ import annotations

import numpy as np

from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import Spans, envelope
from offkey.synthetic.spectrum import Samples

__all__ = ["assumed_operation", "find_events"]

_FRAME_S = 0.02
_CONTRAST_DB = 6.0
_STROKE_S = 0.3


def find_events(samples: Samples, rate: int) -> Spans:
    """Find strokes, clicks and the like by their level; none where the clip is steady.

    The power in frames of 20 ms, after a first difference against rumble, is compared with the middle between its quiet
    tenth and its loudest hundredth (in dB); these two must be 6 dB apart. Events less than 60 ms apart are joined.
    """
    level_db = _frame_levels(samples, rate)
    quiet_db, loud_db = np.quantile(level_db, [0.1, 0.99])
    if loud_db - quiet_db < _CONTRAST_DB:
        return ()
    above = np.concatenate([[False], level_db > (quiet_db + loud_db) / 2.0, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2) * _FRAME_S
    joined: list[list[float]] = []
    for start, end in edges:
        if joined and start - joined[-1][1] < 0.06:
            joined[-1][1] = float(end)
        else:
            joined.append([float(start), float(end)])
    duration_s = len(samples) / rate
    return tuple((start, min(end, duration_s)) for start, end in joined)


def assumed_operation(samples: Samples, rate: int, rng: np.random.Generator, *, any_event: bool = False) -> Operation:
    """Return a motion that fits a clip whose machine is not known.

    Speed and order are drawn: 18 to 45 revolutions a second, 4 to 9 pulses a revolution. The activity is the
    clip's own level. Where the clip has strokes, events of 0.3 s or more in the median, the machine turns
    only in those of 0.15 s or more; else it turns steadily. With `any_event` every event is a stroke, however short.
    """
    events = find_events(samples, rate)
    if events and not any_event:
        strokes = float(np.median([end - start for start, end in events])) >= _STROKE_S
        events = tuple(event for event in events if event[1] - event[0] >= _STROKE_S / 2.0) if strokes else ()
    n = len(samples)
    shaft_hz, order = float(rng.uniform(18.0, 45.0)), int(rng.integers(4, 10))
    moving = envelope(events, n, rate, rise_s=0.05, fall_s=0.05) if events else np.ones(n, dtype=np.float32)
    angle = rng.random() + np.cumsum(moving, dtype=np.float64) * shaft_hz / rate
    activity = moving * _activity(samples, rate)
    return Operation(rate, 0.5, angle, shaft_hz, order, activity, events, (1.0,) * len(events))


def _frame_levels(samples: Samples, rate: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    size = max(int(_FRAME_S * rate), 1)
    change = np.diff(samples, prepend=samples[:1]).astype(np.float64)
    frames = change[: len(change) // size * size].reshape(-1, size)
    power = np.mean(frames**2, axis=1)
    return np.asarray(10.0 * np.log10(power + 1e-12 * power.max() + 1e-30))


def _activity(samples: Samples, rate: int) -> Samples:
    """Return the clip's level from moment to moment, smoothed over 0.2 s, against its loudest."""
    amplitude = 10.0 ** (_frame_levels(samples, rate) / 20.0)
    width = 11 if len(amplitude) >= 11 else 1
    smooth = np.convolve(np.pad(amplitude, width // 2, mode="edge"), np.full(width, 1.0 / width), mode="valid")
    at = np.arange(len(samples)) / (_FRAME_S * rate) - 0.5
    curve: Samples = np.interp(at, np.arange(len(smooth)), smooth / smooth.max()).astype(np.float32)
    return curve
