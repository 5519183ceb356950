"""The one gate that all sound passes before features are taken from it."""

from __future__ import annotations

import numpy as np

from offkey.audio.channel import Samples
from offkey.errors import AudioError

__all__ = ["SilenceError", "check_samples", "rate_fault"]

_LEAST_HZ, _MOST_HZ = 400, 10_000_000  # from slow vibration sensors to those of acoustic emission
_LOUDEST = 2.0**31  # float files hold integers of up to 32 bits unscaled; beyond that it is no sound
_EDGE_S = 0.05  # a resampler rings at the ends even of a constant
_FLAT = 1e-6  # peak-to-peak range, relative to the peak, below which nothing was heard


class SilenceError(AudioError):
    """Every sample of a sound is the same."""


def rate_fault(rate: int) -> str | None:
    """Say what is wrong with a sampling rate in Hz at which nothing is recorded, None if it is fine."""
    if _LEAST_HZ <= rate <= _MOST_HZ:
        return None
    return (
        f"claims a rate of {rate} Hz, at which no sound is recorded: expected {_LEAST_HZ} to {_MOST_HZ} Hz; "
        "correct it, or record again."
    )


def check_samples(samples: Samples, rate: int, *, name: str, at_least: int) -> None:
    """Check that samples are sound: finite, long enough, and not digital silence.

    `samples`: shape (n,); one channel.
    `at_least`: the fewest samples that can be analysed.
    """
    if len(samples) < at_least:
        raise AudioError(
            f"{name} is too short: {1000 * len(samples) / rate:.0f} ms of sound, "
            f"one analysis window of {1000 * at_least / rate:.0f} ms is needed."
        )
    low, high = float(samples.min()), float(samples.max())  # NaN passes through both
    if not (low > -_LOUDEST and high < _LOUDEST):
        first_s = int(np.argmax(~(np.abs(samples) < _LOUDEST))) / rate
        raise AudioError(
            f"{name} holds samples that are NaN, infinite or beyond all scales, the first {first_s:.3f} s into it; "
            "record or convert it again."
        )
    edge = min(int(_EDGE_S * rate), len(samples) // 4)
    inner = samples[edge : len(samples) - edge]
    flat = _FLAT * max(abs(low), abs(high))
    if high == low or all(float(np.ptp(some)) <= flat for some in (inner[::64], inner)):  # a few samples tell of most
        raise SilenceError(
            f"{name} is digital silence: every sample is {inner[0] + 0.0:g}; check the microphone and its cable."
        )
