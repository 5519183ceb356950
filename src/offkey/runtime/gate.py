"""The gate that all sound passes before it is scored, with the rules of offkey's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError

__all__ = ["Samples", "check_samples"]

Samples = NDArray[np.float32]

_LOUDEST = 2.0**31  # float files hold integers of up to 32 bits unscaled; beyond that it is no sound
_EDGE_S = 0.05  # a resampler rings at the ends even of a constant
_FLAT = 1e-6  # peak-to-peak range, relative to the peak, below which there is silence


def check_samples(samples: NDArray[Any], rate: int, *, name: str) -> None:
    """Check that the samples of a window are sound: finite, and not digital silence.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        One channel, full scale 1.
    rate : int
        In Hz.
    name : str
        The window in a sentence.

    Raises
    ------
    SoundError
        If they are not.
    """
    low, high = float(samples.min()), float(samples.max())  # NaN passes through both
    if not (low > -_LOUDEST and high < _LOUDEST):
        first_s = int(np.argmax(~(np.abs(samples) < _LOUDEST))) / rate
        raise SoundError(
            f"{name} holds samples that are NaN, infinite or beyond all scales, the first {first_s:.3f} s into it; "
            "record or convert it again."
        )
    edge = min(int(_EDGE_S * rate), len(samples) // 4)
    inner = samples[edge : len(samples) - edge]
    flat = _FLAT * max(abs(low), abs(high))
    if high == low or all(float(np.ptp(some)) <= flat for some in (inner[::64], inner)):
        raise SoundError(
            f"{name} is digital silence: every sample is {inner[0] + 0.0:g}; check the microphone and its cable."
        )
