"""Occlusion: how the score changes if a part of the sound is brought back to normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offkey.features.frames import cut_frames, frame_sizes, windowed_spectra
from offkey.features.mel import mel_bands_hz, mel_centres_hz
from offkey.model import Model
from offkey.work.thread_pool import Threads

__all__ = ["Occlusion", "average", "occlude"]

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]

_BANDS, _TIMES = 24, 24
_SHORTEST_S = 0.125
_FADE_S = 0.032
_MOST_GAIN_DB = 40.0


@dataclass(frozen=True)
class Occlusion:
    """The share of each part of a clip in its score."""

    band_edges_hz: Floats  # (n_parts + 1,)
    bands: Floats  # (n_parts,), or none where only times were asked for
    time_edges_s: Floats  # (n_times + 1,), from the start of the clip
    times: Floats
    score: float
    normal_score: float  # with every part brought back to normal


def occlude(
    model: Model,
    samples: Samples,
    levels: NDArray[np.float32],
    targets: NDArray[np.float32],
    *,
    only_times: bool = False,
) -> Occlusion:
    """Bring each part of a clip back to normal, in turn, and score again.

    After M. Zeiler & R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 4.2. A part
    is not silenced, which would be a fault of its own, but has its levels changed to those of normal sound.

    What a part adds is the mean of two differences: what the score loses if it alone becomes normal, and what the
    score of the normalised clip gains if it alone does not. These are the first and the last term of its Shapley
    value, so that two parts which show the same fault share it instead of hiding each other.

    `levels` (`offkey.model.reference.levels_of`) and the normal `targets` are in dB, (n_bands, n_frames).
    """
    rate = model.rate
    n_bands = len(levels)
    edges = np.unique(np.linspace(0, n_bands, min(_BANDS, n_bands) + 1).round().astype(int))
    limits_hz = mel_bands_hz(rate, n_bands)
    band_edges = np.append(limits_hz[edges[:-1], 0], limits_hz[-1, 1])
    by_band = _differences(samples, rate, targets - levels, band_edges)
    whole = by_band.sum(axis=0)
    windows, time_edges = _windows(len(samples), rate)
    by_time = windows * whole
    parts = [*([] if only_times else by_band), *by_time]
    variants = [samples, samples + whole]
    variants += [samples + part for part in parts] + [samples + whole - part for part in parts]
    scores = _scores(model, variants)
    score, normal, without, alone = scores[0], scores[1], *np.split(scores[2:], 2)
    adds = ((score - without) + (alone - normal)) / 2
    bands, times = np.split(adds, [len(parts) - len(by_time)])
    return Occlusion(band_edges, bands, time_edges, times, float(score), float(normal))


def average(occlusions: Sequence[Occlusion]) -> Occlusion:
    """Return the mean of occlusions of one clip by several normal sounds, at least one."""
    bands, times, normal = (
        np.mean([getattr(occlusion, name) for occlusion in occlusions], axis=0)
        for name in ("bands", "times", "normal_score")
    )
    return replace(occlusions[0], bands=bands, times=times, normal_score=float(normal))


def _differences(samples: Samples, rate: int, gains_db: NDArray[np.float32], band_edges: Floats) -> Samples:
    """Return what is to be added to the sound so that each part of its bands gets its gains, shape (n_parts, n).

    Short-time Fourier analysis by a periodic Hann window of which halves overlap, which add up to 1 (J. Allen & L.
    Rabiner, "A unified approach to short-time Fourier analysis and synthesis", Proc. IEEE 65, 1977).
    """
    from scipy.fft import irfft

    n_fft, hop = frame_sizes(rate)
    spectra = windowed_spectra(cut_frames(samples, n_fft, hop))
    bins_hz = np.arange(n_fft // 2 + 1) * rate / n_fft
    centres = mel_centres_hz(rate, len(gains_db))
    limited = np.clip(gains_db, -_MOST_GAIN_DB, _MOST_GAIN_DB).T
    gains = np.stack([np.interp(bins_hz, centres, of_frame) for of_frame in limited])
    spectra *= 10 ** (gains / 20) - 1
    part = np.clip(np.searchsorted(band_edges, bins_hz, side="right") - 1, 0, len(band_edges) - 2)
    added = np.zeros((len(band_edges) - 1, len(samples)), np.float32)
    for number, total in enumerate(added):
        pieces = irfft(np.where(part == number, spectra, 0), n_fft, axis=1)
        for half in (0, 1):  # every other frame adjoins the one before
            run = pieces[half::2].reshape(-1)
            total[half * hop : half * hop + len(run)] += run
    return added


def _windows(n: int, rate: int) -> tuple[Samples, Floats]:
    """Return windows that cut a clip into parts and add up to 1, shape (n_times, n), and the edges in seconds."""
    duration = n / rate
    edges = np.linspace(0, duration, max(1, min(_TIMES, int(duration / _SHORTEST_S))) + 1)
    t = np.arange(n, dtype=np.float32) / np.float32(rate)
    steps = np.ones((len(edges), n), np.float32)  # 1 after an edge, 0 before it
    for step, edge in zip(steps[1:-1], edges[1:-1].astype(np.float32), strict=True):
        np.clip((t - edge) / np.float32(_FADE_S) + np.float32(0.5), 0, 1, out=step)
    steps[-1] = 0
    return steps[:-1] - steps[1:], edges


def _scores(model: Model, sounds: list[Samples]) -> Floats:
    """Return the scores of a sound, the first, and of others made of it, without what they make move in time.

    Any change of a part begins and ends somewhere, where the sound then clicks and swings as neither it nor a normal
    one does.
    """
    vectors = np.array(list(Threads().map(model.extractor().vector, sounds)))
    moving = vectors.shape[1] - model.front_end.moving
    vectors[:, moving:] = vectors[0, moving:]
    return model.scores(vectors, [len(sound) / model.rate for sound in sounds])
