"""A near microphone without what a far one explains of it, so that the surroundings do not count."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.audio.channel import Samples

__all__ = ["Gain", "without_far", "without_far_by"]

Gain: TypeAlias = NDArray[np.complex128]
"""The ratio of a near microphone to a far one, as far as that explains it: one complex number for each bin."""

_HOP_S = 0.032
_TINY = 1e-12
_NOTHING = 1e-6  # of the near energy: what rounding leaves where both microphones hold the same sound


def without_far(pair: Samples, rate: int) -> Samples:
    """Return what a near microphone hears and a far one does not explain, as samples.

    In each bin of the short-time spectra C of the near and F of the far microphone (64 ms under a periodic Hann window
    every 32 ms, 1024 and 512 samples at 16 kHz) one complex gain, ``H = sum C conj(F) / (sum |F|^2 + 1e-12)`` over
    all frames, explains C by F with the least squares; ``C - H F`` is left. Both are scaled by one common peak first.
    It is added up again to samples, so that every front end hears the same. H stands for all paths from the noise to
    both microphones, and leaves of the machine what the far one does not hear of it.

    `pair`: shape (n, 2); near and far.
    Returns: shape (n,); all zeros, which the gate takes for silence, where the far microphone is silent or explains
        all. What is shorter than a frame, which gives no estimate, stays as it is.

    The method of github.com/kasahart/asd-experiments (MIT) and of technical reports on DCASE 2026 Challenge Task 2;
    least squares per bin: J. S. Bendat and A. G. Piersol, "Random Data", 4th ed., 2010, section 6.1.
    """
    return without_far_by(pair, rate)[0]


def without_far_by(pair: Samples, rate: int, gain: Gain | None = None) -> tuple[Samples, Gain | None]:
    """Return what `without_far` does, and the gain H by which it does; or do so by a gain that is given.

    `pair`: shape (n, 2); near and far.
    `gain`: H of other sound of the same microphones; by default that of this.
    Returns: shapes (n,) and (n_fft // 2 + 1,); no gain where nothing could be estimated.
    """
    from scipy.fft import irfft

    hop = max(1, round(_HOP_S * rate))
    near = np.ascontiguousarray(pair[:, 0])
    if len(pair) < 2 * hop or not np.isfinite(pair).all():
        return near, None
    centred = pair - pair.mean(axis=0, dtype=np.float64).astype(np.float32)
    peaks = np.abs(centred).max(axis=0)
    if not peaks[1]:
        return np.zeros_like(near), None
    peak = peaks.max()
    C, F = (_spectra(centred[:, index] / peak, hop) for index in (0, 1))
    if gain is None:
        whole = slice(1, len(pair) // hop)  # frames that see no edge
        gain = (C[whole] * F[whole].conj()).sum(axis=0, dtype=np.complex128)
        gain /= (F[whole].real ** 2 + F[whole].imag ** 2).sum(axis=0, dtype=np.float64) + _TINY
    halves = irfft(C - gain.astype(np.complex64) * F, 2 * hop, axis=1).reshape(len(C), 2, hop)
    left: Samples = (halves[1:, 0] + halves[:-1, 1]).reshape(-1)[: len(pair)] * peak
    is_nothing = _energy(left) <= _NOTHING * _energy(centred[:, 0])
    return np.zeros_like(left) if is_nothing else left, gain


def _spectra(samples: Samples, hop: int) -> NDArray[np.complex64]:
    """Return the spectra of frames that cover every sample twice; the first and the last reach beyond the sound."""
    from scipy.fft import rfft

    n = -(-len(samples) // hop)
    padded = np.pad(samples, (hop, (n + 1) * hop - len(samples)))
    window = (0.5 - 0.5 * np.cos(np.pi * np.arange(2 * hop) / hop)).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop]
    spectra: NDArray[np.complex64] = rfft(frames * window, axis=1)
    return spectra


def _energy(samples: Samples) -> float:
    return float(np.square(samples, dtype=np.float64).sum())
