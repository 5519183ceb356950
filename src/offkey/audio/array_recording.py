"""Sound in memory, and what is refused as such: an array says less about itself than a file."""

from __future__ import annotations

import hashlib
import math
import operator
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.audio.channel import Channel, Samples, one_channel
from offkey.audio.gate import rate_fault
from offkey.errors import AudioError, ParameterError

__all__ = ["ArrayRecording", "check_rate"]

_WIDEST = 4  # bytes of an integer that has a full scale; the integers of Python and of tables have 8, and none


class ArrayRecording:
    """Sound in memory.

    `samples`: shape (n,); floats with full scale 1, or signed integers of up to 32 bits, which are scaled by their
        width.
    """

    def __init__(self, samples: ArrayLike, rate: int, name: str = "array") -> None:
        array = _checked(samples, name)
        self.rate = check_rate(rate)
        self.name = name
        scale = float(np.iinfo(array.dtype).max) + 1 if array.dtype.kind == "i" else 1.0
        with np.errstate(over="ignore"):  # what is too large for sound becomes infinite, and the gate names it
            self._samples = ((array[:, None] if array.ndim == 1 else array) / scale).astype(np.float32)

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self._samples) / self.rate

    def blocks(self, channel: Channel) -> Iterator[Samples]:
        """Yield the sound of one channel as one block."""
        if not len(self._samples):
            raise AudioError(f"{self.name} holds no sound: expected at least one analysis window of samples, found 0.")
        yield one_channel(self._samples, channel, self.name)

    def every_channel(self, start_s: float = 0.0, end_s: float | None = None) -> Iterator[Samples]:
        """Yield the sound of all channels between two times in seconds, shape (n, channels)."""
        last = None if end_s is None else round(end_s * self.rate)
        yield self._samples[round(start_s * self.rate) : last]

    def digest(self) -> str:
        """Return the SHA-256 of the samples."""
        return hashlib.sha256(self._samples.tobytes()).hexdigest()


def check_rate(rate: Any) -> int:
    """Return a sampling rate in Hz as an int."""
    whole = rate
    if isinstance(rate, float | np.floating) and math.isfinite(rate) and rate == int(rate):
        whole = int(rate)
    if not isinstance(rate, bool | np.bool_):
        try:
            if (hertz := operator.index(whole)) > 0:
                return _sane(hertz)
        except TypeError:
            pass
    raise ParameterError(f"The parameter 'rate' must be a positive whole number of Hz. Got {rate!r} instead.")


def _sane(rate: int) -> int:
    if fault := rate_fault(rate):
        raise ParameterError(f"The parameter 'rate' {fault}")
    return rate


def _checked(samples: ArrayLike, name: str) -> NDArray[Any]:
    """Return an array of samples of shape (n,) or (n, channels)."""
    if np.ma.is_masked(samples):
        raise ParameterError(
            f"{name} has a mask, and sound has no gaps: pass its samples without one, such as x.filled(0)."
        )
    try:
        array = np.asarray(samples)
    except Exception as error:  # whatever another library's array says, such as a tensor on a graphics card
        reason = str(error).partition("\n")[0].rstrip(".")
        raise ParameterError(
            f"{name} cannot be made an array of samples ({reason}): pass a NumPy array, of a tensor "
            "x.detach().cpu().numpy()."
        ) from error
    _check_type(array, name)
    if array.ndim not in (1, 2):
        raise ParameterError(
            f"{name} has the shape {array.shape}: sound has the shape (n,) or (n, channels), and several clips are a "
            "list of such arrays."
        )
    if array.ndim == 2 and 0 < array.shape[0] < array.shape[1]:
        n, channels = array.shape
        raise ParameterError(
            f"{name} has {n} {'sample' if n == 1 else 'samples'} and {channels} channels by its shape {array.shape}: "
            "sound has the shape (n, channels), so transpose it, x.T; if each row is a clip, pass list(x)."
        )
    return array


def _check_type(array: NDArray[Any], name: str) -> None:
    """Refuse numbers that have no full scale, and what is no number."""
    kind, width = array.dtype.kind, array.dtype.itemsize
    if kind == "f" or (kind == "i" and width <= _WIDEST):
        return
    if kind == "i":
        told = f"{array.dtype} has no full scale: pass int16, int32 or floats, of 16-bit values x.astype(np.int16)"
    elif kind == "u" and width == 1:
        told = "uint8 has its zero at 128: pass floats, (x.astype(np.float32) - 128) / 128"
    else:
        told = f"{array.dtype} is no sound: pass floats with full scale 1, or signed integers of 16 or 32 bits"
    raise ParameterError(f"{name} is an array of {array.dtype} of shape {array.shape}, and {told}.")
