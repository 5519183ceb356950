"""Words for clicks, dropouts, knocks, beats and strokes such as no normal clip has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.cycle import sides
from offkey.explain.character import repetition
from offkey.explain.in_order import in_order
from offkey.explain.phrases import band, moments
from offkey.features import FrontEnd
from offkey.features.cycle import CYCLE
from offkey.features.frames import frame_sizes
from offkey.features.lulls import group_edges
from offkey.features.modulation import RANGES_HZ, SWINGS
from offkey.features.parts import FeaturePart
from offkey.features.transients import DIPS, click_levels, dip_levels, knock_levels
from offkey.features.wobble import WOBBLES, balances, wobble_range_hz
from offkey.model import Model

__all__ = ["in_time"]

_REMARKABLE = 5.0  # standard deviations of the normal clips; of so many numbers, one lies 4 away by chance
_AS_LOUD = 0.5  # share of the greatest click from which another is named too
_APART_S = 0.1  # within which clicks are one
_MOST_NAMED = 3
_KINDS = ("click", "dip", "knock", "swing", "wobble")

Samples = NDArray[np.float32]


def in_time(model: Model, vector: NDArray[np.float32], samples: Samples, start_s: float) -> str:
    """Return a sentence such as ``"A click at 3.2 s that no normal clip has."``; empty where there is none to say.

    Of the features that tell how the sound goes in time, that counts which lies furthest from its mean over the
    normal clips kept in the model, in their standard deviations, if it lies beyond all of theirs.

    `vector`: shape (n_features,); the features of the samples.
    `start_s`: where the samples begin in their recording, in seconds.
    """
    front_end, rate = model.front_end, model.rate
    if not front_end.moving or model.reference is None or len(samples) < front_end.min_samples(rate):
        return ""
    names = front_end.feature_names(rate)
    up = np.array([-1.0 if name in DIPS else float(name.startswith(_KINDS)) for name in names])
    up[: len(names) - front_end.moving] = 0.0
    if names[-1] == CYCLE[-1]:
        up[-len(CYCLE) :] = sides(getattr(model.detector, "cycle_", None), vector[-len(CYCLE) :].astype(np.float64))
    own, normal = up * vector, up * model.reference.vectors
    away = (own - normal.mean(axis=0)) / model.reference.scale
    beyond = (own > normal.max(axis=0)) & (away > _REMARKABLE)
    if not beyond.any():
        return ""
    most = int(np.argmax(np.where(beyond, away, 0.0)))
    if names[most] in CYCLE:
        frames: NDArray[np.float32] = front_end.frames(samples, rate)  # type: ignore[attr-defined]
        return in_order(names[most], frames, frame_sizes(rate)[1] / rate, start_s)
    centred = samples - np.float32(samples.mean(dtype=np.float64))
    part = next(part for part in front_end.parts(rate) if most in part.columns)
    words = _in_words(names, most, beyond, front_end, part, centred, rate, start_s)
    return f"{words} that no normal clip has."


def _in_words(
    names: list[str],
    column: int,
    beyond: NDArray[np.bool_],
    front_end: FrontEnd,
    part: FeaturePart,
    samples: Samples,
    rate: int,
    start_s: float,
) -> str:
    """Return what a column tells of, in words."""
    name, hop_s = names[column], frame_sizes(rate)[1] / rate
    if name.startswith("click"):
        return _clicks(samples, rate, start_s)
    frames: NDArray[np.float32] = front_end.frames(samples, rate)  # type: ignore[attr-defined]
    if name.startswith("dip"):
        lowest = int(dip_levels(frames)[DIPS.index(name)].argmin())
        return f"A dropout at {moments([start_s + (lowest + 1) * hop_s])}"
    if name in WOBBLES:
        wobbles = _rate(balances(frames), 1 / hop_s, *wobble_range_hz(name))
        return f"A pitch that wobbles {wobbles:.2g} times a second"
    group = int(part.keep) - len(frames)
    where = f"in {band(part.low_hz or 0.0, part.high_hz or rate / 2)}"
    if name.startswith("knock"):
        level = knock_levels(frames)[group]
        per_second, periodic = repetition(10 ** (level.astype(np.float64) / 10), 1 / hop_s)
        if per_second is not None and periodic:
            return f"Knocks {where}, about {per_second:.2g} a second,"
        return f"A knock {where} at {moments([start_s + (int(level.argmax()) + 1) * hop_s])}"
    swing = next(swing for swing in SWINGS if name.startswith(swing))
    low, high = group, group
    together = {at: beyond[at] for at, other in enumerate(names) if other.startswith(swing)}
    first = column - group if front_end.params().get("keep") is None else None  # groups are adjacent columns then
    while first is not None and together.get(first + low - 1, False):
        low -= 1
    while first is not None and together.get(first + high + 1, False):
        high += 1
    edges_hz, starts = front_end.band_edges_hz(rate), group_edges(len(frames))  # type: ignore[attr-defined]
    rows = slice(starts[low], starts[high + 1])
    per_second = _rate(frames[rows].mean(axis=0), 1 / hop_s, *RANGES_HZ[SWINGS.index(swing)])
    where = band(float(edges_hz[rows.start, 0]), float(edges_hz[rows.stop - 1, 1]))
    return f"A beat of {per_second:.2g} a second in {where}"


def _clicks(samples: Samples, rate: int, start_s: float) -> str:
    """Return when the clicks are that stand out most."""
    levels, block_s = click_levels(samples, rate)
    level = levels[-1].copy()
    times: list[float] = []
    least = _AS_LOUD * float(level.max())
    while len(times) < _MOST_NAMED and level.max() >= least:
        at = int(level.argmax())
        times.append(start_s + (at + 2.5) * block_s)
        apart = max(1, round(_APART_S / block_s))
        level[max(0, at - apart) : at + apart + 1] = -np.inf
    return f"{'A click' if len(times) == 1 else 'Clicks'} at {moments(sorted(times))}"


def _rate(levels: NDArray[np.float32], frame_rate_hz: float, low_hz: float, high_hz: float) -> float:
    """Return the rate between two at which a level swings most, or several together, in Hz."""
    n_fft = 4 * levels.shape[-1]
    window = np.hanning(levels.shape[-1] + 2)[1:-1]
    centred = np.atleast_2d(levels - levels.mean(axis=-1, keepdims=True))
    power = (np.abs(np.fft.rfft(centred * window, n_fft)) ** 2).sum(axis=0)
    rates_hz = np.fft.rfftfreq(n_fft, 1 / frame_rate_hz)
    inside = (rates_hz >= low_hz) & (rates_hz <= high_hz)
    return float(rates_hz[int(np.argmax(np.where(inside, power, -1.0)))])
