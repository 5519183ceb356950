"""Arrays of sound to one channel of float32, as offkey reads them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import SoundError
from .gate import Samples

__all__ = ["Channel", "full_scale", "is_channel", "one_channel"]

Channel = int | str
"""The channel that is read: its index from 0, ``"mean"`` of all, or ``"0-1"``, one minus another, sample by sample."""

_DIFFERENCE = re.compile(r"(\d{1,4})-(\d{1,4})")


def is_channel(value: object) -> bool:
    """Tell whether a value of a file names a channel that this runtime can read."""
    if isinstance(value, str):
        return value == "mean" or _DIFFERENCE.fullmatch(value) is not None
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def full_scale(samples: ArrayLike, name: str) -> NDArray[np.float32]:
    """Return sound as float32 of full scale 1.

    Parameters
    ----------
    samples : array_like, shape (n,) or (n, channels)
        Floats with full scale 1, or signed integers of up to 32 bits, which are scaled by their width.
    name : str
        The sound in a sentence.

    Returns
    -------
    ndarray of float32, of the same shape

    Raises
    ------
    SoundError
        If they are of another type or shape.
    """
    array: NDArray[Any] = np.asarray(samples)
    is_integer = array.dtype.kind == "i" and array.dtype.itemsize <= 4
    if array.ndim not in (1, 2) or not (is_integer or array.dtype.kind == "f"):
        raise SoundError(
            f"{name} must be floats with full scale 1 or signed integers of 16 or 32 bits, of shape (n,) or "
            f"(n, channels). Got {array.dtype} of shape {array.shape} instead."
        )
    with np.errstate(over="ignore"):  # what is too large for sound becomes infinite, and the gate names it
        found: NDArray[np.float32] = array.astype(np.float32, copy=False)
    return found * np.float32(1 / (1 << (8 * array.dtype.itemsize - 1))) if is_integer else found


def one_channel(block: NDArray[np.float32], channel: Channel, name: str) -> Samples:
    """Return one channel of sound.

    Parameters
    ----------
    block : ndarray of float32, shape (n,) or (n, channels)
        The sound; of shape (n,) it is one channel already.
    channel : int or str
        As of `Channel`.
    name : str
        The sound in a sentence.

    Returns
    -------
    ndarray of float32, shape (n,)

    Raises
    ------
    SoundError
        If there is no such channel.
    """
    if block.ndim == 1:
        return block
    if channel == "mean":
        mean: Samples = block.mean(axis=1, dtype=np.float32)
        return mean
    first, *rest = chosen = [int(index) for index in str(channel).split("-")]
    if max(chosen) >= block.shape[1]:
        raise SoundError(
            f"{name} has no channel {max(chosen)}: it has {block.shape[1]}, counted from 0, and the model reads "
            f"channel {channel}."
        )
    return block[:, first] - block[:, rest[0]] if rest else np.ascontiguousarray(block[:, first])
