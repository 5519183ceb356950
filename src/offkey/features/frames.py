"""Short-time analysis: frames of 64 ms every 32 ms, their windowed power spectra."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cut_frames", "frame_sizes", "hann", "n_frames", "power_spectra", "windowed_spectra"]

_HOP_S = 0.032
_AT_A_TIME = 320
"""Frames, those of a clip of 10 s. Fewer would stay in a nearer cache, for no gain in one thread; but of threads that
do so little between two grabs at the interpreter's lock, two take as long as one."""


def frame_sizes(rate: int) -> tuple[int, int]:
    """Return the length of an analysis window and its hop in samples: 1024 and 512 at 16 kHz."""
    hop = max(1, round(_HOP_S * rate))
    return 2 * hop, hop


def n_frames(n_samples: int, rate: int) -> int:
    """Return the number of whole frames in `n_samples` samples, at least one window of them."""
    n_fft, hop = frame_sizes(rate)
    return 1 + (n_samples - n_fft) // hop


def power_spectra(samples: NDArray[np.float32], rate: int) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Yield the power spectra of some frames at a time, so that memory does not grow with the length of a recording.

    The window is a periodic Hann window; only whole frames are taken, without padding, so frame k
    starts at sample ``k * hop`` and no frame sees an edge that is not in the sound.

    `samples`: shape (n,); one channel; at least one window of samples.
    Yields `power`: shape (len(frames), n_fft // 2 + 1); their squared magnitudes, not normalised.
    """
    from scipy.fft import rfft

    n_fft, hop = frame_sizes(rate)
    n, window = n_frames(len(samples), rate), hann(n_fft)
    halves = samples[: (n + 1) * hop].reshape(-1, hop)  # a frame is two of them
    for first in range(0, n, _AT_A_TIME):
        last = min(first + _AT_A_TIME, n)
        frames = np.empty((last - first, n_fft), np.float32)
        np.multiply(halves[first:last], window[:hop], out=frames[:, :hop])
        np.multiply(halves[first + 1 : last + 1], window[hop:], out=frames[:, hop:])
        spectra = rfft(frames, axis=1, overwrite_x=True)
        power = spectra.real**2
        power += spectra.imag**2
        yield slice(first, last), power


def cut_frames(samples: NDArray[np.float32], length: int, hop: int) -> NDArray[np.float32]:
    """Return the whole frames of a sound as a view, shape (n_frames, length); each starts `hop` samples later."""
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]


def windowed_spectra(
    frames: NDArray[np.float32], n_fft: int | None = None, *, symmetric: bool = False
) -> NDArray[np.complex64]:
    """Return the spectra of frames under a Hann window, shape (n_frames, n_fft // 2 + 1).

    `frames`: shape (n_frames, length); the frames, as `cut_frames` returns them.
    `n_fft`: samples that a frame is filled up to with zeros; by default its own length.
    `symmetric`: whether the window is symmetric rather than periodic.
    """
    from scipy.fft import rfft  # keeps single precision

    spectra: NDArray[np.complex64] = rfft(frames * hann(frames.shape[1], symmetric=symmetric), n_fft, axis=1)
    return spectra


@lru_cache(maxsize=16)
def hann(n: int, *, symmetric: bool = False, dtype: type = np.float32) -> NDArray[Any]:
    """Return a Hann window of n samples as a read-only array, which is kept: to compute it takes as long as to use it.

    F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform", Proc. IEEE 66(1),
    1978, section V-C.
    """
    window: NDArray[Any] = np.hanning(n if symmetric else n + 1)[:n].astype(dtype)
    window.setflags(write=False)
    return window
