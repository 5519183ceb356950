"""The gate that all sound passes before it is scored; the gate of offkey itself rests on its rules."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import SoundError

__all__ = ["Fault", "Samples", "check_samples", "fault_of"]

Samples = NDArray[np.float32]

_LOUDEST = 2.0**31  # float files hold integers of up to 32 bits unscaled; beyond that it is no sound
_EDGE_S = 0.05  # a resampler rings at the ends even of a constant
_FLAT = 1e-6  # peak-to-peak range, relative to the peak, below which there is silence


class Fault(NamedTuple):
    """A reason why samples are no sound, as the end of a sentence about them."""

    text: str
    is_silence: bool  # whether every sample is the same


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
    if (fault := fault_of(samples, rate)) is not None:
        raise SoundError(f"{name} {fault.text}")


def fault_of(samples: NDArray[Any], rate: int) -> Fault | None:
    """Return what is wrong with samples, shape (n,), at a rate in Hz; None if they are sound."""
    low, high = float(samples.min()), float(samples.max())  # NaN passes through both
    if not (low > -_LOUDEST and high < _LOUDEST):
        first_s = int(np.argmax(~(np.abs(samples) < _LOUDEST))) / rate
        return Fault(
            f"holds samples that are NaN, infinite or beyond all scales, the first {first_s:.3f} s into it; "
            "record or convert it again.",
            is_silence=False,
        )
    edge = min(int(_EDGE_S * rate), len(samples) // 4)
    inner = samples[edge : len(samples) - edge]
    flat = _FLAT * max(abs(low), abs(high))
    if high == low or all(float(np.ptp(some)) <= flat for some in (inner[::64], inner)):  # a few samples tell of most
        return Fault(
            f"is digital silence: every sample is {inner[0] + 0.0:g}; check the microphone and its cable.",
            is_silence=True,
        )
    return None
