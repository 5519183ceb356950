"""Sound through weightings and band filters: their power as a whole, and in time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from offkey.features.levels.third_octaves import band_power_gain, mid_frequencies_hz, n_bands
from offkey.features.levels.weighting import a_weighting, c_weighting

__all__ = ["BLOCKS_PER_HOP", "Segment", "block_size", "fast", "segments"]

_FAST_S = 0.125  # time constant of the time weighting F: IEC 61672-1:2013, 5.8.1

BLOCKS_PER_HOP = 125
"""Blocks of a time constant, in which the weighting F takes the power for constant: its error is 0.03 dB at most."""

_SEGMENT_HOPS = 480  # a minute of sound at a time, so that memory stays bounded
_FADE_S = 0.02
_LEAST = 1e-9  # factor of power below which a filter lets nothing through
_POINTS_PER_HOP = 8


class Segment:
    """A stretch of sound, and its cosine transform (DCT-II), to which a filter of zero phase is a factor per bin.

    The transform is that of the sound and its mirror image, which join without a step.

    `samples`: shape (n,).
    """

    def __init__(self, samples: NDArray[np.float32], rate: int) -> None:
        self.samples, self.rate = samples.astype(np.float64), rate

    def powers(self) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Return the sum of squares with the weightings A, C and Z, and in each third-octave band.

        The ends fade, since a tone that stops at once is a click, which is heard in bands where the tone has no part.

        Returns `weight`: what the sums are to be divided by for mean squares: n without the fading.
        Returns `weighted`: shape (3,).
        Returns `bands`: shape (n_bands,).
        """
        n = len(self.samples)
        fading = _fading(n, self.rate)
        square = _transform(self.samples * fading) ** 2
        weighted = np.append(_weightings(n, self.rate) ** 2 @ square, square.sum())
        filters = _band_filters(n, self.rate)
        bands = np.array([gain @ square[first : first + len(gain)] for first, gain in filters])
        return float(fading @ fading), weighted, bands

    @cached_property
    def _bins(self) -> NDArray[np.float64]:
        return _transform(self.samples)

    def a_weighted_blocks(self) -> NDArray[np.float64]:
        """Return the A-weighted mean square of each block of `block_size` samples, at least one."""
        from scipy.fft import idct

        size = block_size(self.rate)
        square = idct(self._bins * _weightings(len(self._bins), self.rate)[0], norm="ortho") ** 2
        whole = max(1, len(square) // size)
        blocks: NDArray[np.float64] = square[: whole * size].reshape(whole, -1).mean(axis=1)
        return blocks

    def band_hops(self) -> NDArray[np.float64]:
        """Return the mean square of each third-octave band in each hop of 125 ms, shape (n_bands, n_hops).

        The last hop takes what is left of the sound, if that is less than half of one.
        """
        from scipy.fft import idct

        n, hop = len(self._bins), _hop(self.rate)
        n_hops = max(1, round(n / hop))
        found = []
        for first, gain in _band_filters(n, self.rate):
            points = min(n, max(first + len(gain), _POINTS_PER_HOP * n_hops))  # at the lowest rate that holds the band
            filtered = np.zeros(points)
            filtered[first : first + len(gain)] = self._bins[first : first + len(gain)] * np.sqrt(gain)
            square = idct(filtered, norm="ortho") ** 2 * (points / n)
            hops = np.minimum((np.arange(points) + 0.5) * n / points / hop, n_hops - 1).astype(int)
            found.append(np.bincount(hops, square, n_hops) / np.bincount(hops, minlength=n_hops))
        return np.array(found)


def segments(samples: NDArray[np.float32], rate: int) -> Iterator[Segment]:
    """Yield a sound, shape (n,), as segments of at most a minute."""
    length = _SEGMENT_HOPS * _hop(rate)
    for first in range(0, len(samples), length):
        yield Segment(samples[first : first + length], rate)


def block_size(rate: int) -> int:
    """Return the samples of a block, about a millisecond of them."""
    return max(1, round(_FAST_S * rate / BLOCKS_PER_HOP))


def fast(blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the power of blocks of sound with the time weighting F, after each block.

    Exponential averaging by a time constant of 125 ms: IEC 61672-1:2013, 3.9 and equation (1). It begins with the mean
    power of the first 125 ms, as if such sound had gone before.

    `blocks`: shape (n,); the mean square of each block, such as of `Segment.a_weighted_blocks`.
    Returns: shape (n,).
    """
    kept = np.exp(-1 / BLOCKS_PER_HOP)
    before = float(blocks[:BLOCKS_PER_HOP].mean())
    averaged = accumulate(((1 - kept) * blocks).tolist(), lambda power, block: kept * power + block, initial=before)
    return np.array(list(averaged)[1:])


def _hop(rate: int) -> int:
    return BLOCKS_PER_HOP * block_size(rate)


def _transform(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the orthonormal DCT-II: the sum of its squares is that of the samples."""
    from scipy.fft import dct

    bins: NDArray[np.float64] = dct(samples, norm="ortho")
    return bins


@lru_cache(maxsize=4)
def _fading(n: int, rate: int) -> NDArray[np.float64]:
    """Return factors that rise from 0 to 1 at the start, and fall at the end, as half a Hann window each."""
    rising = np.sin(np.pi / 2 * np.arange(0.5, _FADE_S * rate) / (_FADE_S * rate))[: n // 2] ** 2
    factors: NDArray[np.float64] = np.concatenate([rising, np.ones(n - 2 * len(rising)), rising[::-1]])
    return factors


def _frequencies_hz(n: int, rate: int) -> NDArray[np.float64]:
    frequencies: NDArray[np.float64] = np.arange(n, dtype=np.float64) * (rate / 2 / n)
    return frequencies


@lru_cache(maxsize=4)
def _weightings(n: int, rate: int) -> NDArray[np.float64]:
    """Return the gains of the weightings A and C of each bin, shape (2, n)."""
    hz = _frequencies_hz(n, rate)
    return np.stack([a_weighting(hz), c_weighting(hz)])


@lru_cache(maxsize=4)
def _band_filters(n: int, rate: int) -> list[tuple[int, NDArray[np.float64]]]:
    """Return, of each band, the first bin that it lets through, and the factors of power from there on."""
    hz = _frequencies_hz(n, rate)
    filters = []
    for middle_hz in mid_frequencies_hz()[: n_bands(rate)]:
        gain = np.append(0.0, band_power_gain(hz[1:], middle_hz))
        through = np.flatnonzero(gain >= _LEAST)
        first, last = (through[0], through[-1] + 1) if len(through) else (0, 1)
        filters.append((int(first), gain[first:last]))
    return filters
