"""Channels: the one that is read of a recording, a mean, or a difference."""

from __future__ import annotations

import re
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError, ParameterError

__all__ = ["Channel", "Samples", "one_channel", "parse_channel"]

Samples: TypeAlias = NDArray[np.float32]

Channel: TypeAlias = int | str
"""The channel that is read: its index from 0; ``"mean"`` of all; or ``"0-1"``, the first minus
the second, which takes the noise that a far microphone hears away from a near one."""

_DIFFERENCE = re.compile(r"\d+-\d+")


def parse_channel(text: str) -> Channel:
    """Read a channel from text.

    `text`: an index from 0, ``"mean"``, or a difference of two indices such as ``"0-1"``.
    """
    if text.isdecimal():
        return int(text)
    if text == "mean" or _DIFFERENCE.fullmatch(text):
        return text
    raise ParameterError(
        f"The channel must be an index from 0, 'mean', or a difference such as '0-1'. Got {text!r} instead."
    )


def one_channel(block: Samples, channel: Channel, name: str) -> Samples:
    """Return one channel of a block of sound.

    `block`: shape (n, channels); the sound.
    Returns: shape (n,).
    """
    if channel == "mean":
        mean: Samples = block.mean(axis=1, dtype=np.float32)
        return mean
    first, *rest = (int(index) for index in str(channel).split("-"))
    for index in (first, *rest):
        if index >= block.shape[1]:
            raise AudioError(
                f"{name} has no channel {index}: it has {block.shape[1]}, counted from 0; "
                "choose one of them, 'mean', or a difference such as '0-1'."
            )
    return block[:, first] - block[:, rest[0]] if rest else np.ascontiguousarray(block[:, first])
