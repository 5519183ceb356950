"""The one gate that all sound passes before features are taken from it."""

from __future__ import annotations

from offkey.audio.channel import Samples
from offkey.errors import AudioError
from offkey.runtime.gate import fault_of

__all__ = ["SilenceError", "check_samples", "rate_fault"]

_LEAST_HZ, _MOST_HZ = 400, 10_000_000  # from slow vibration sensors to those of acoustic emission


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
    if (fault := fault_of(samples, rate)) is not None:
        raise (SilenceError if fault.is_silence else AudioError)(f"{name} {fault.text}")
