"""Channels: the one that is read of a recording, a mean, or a near microphone without what a far one hears."""

from __future__ import annotations

import re
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError, ParameterError

__all__ = ["Channel", "Samples", "channels_of", "check_channel", "is_pair", "one_channel", "parse_channel"]

Samples: TypeAlias = NDArray[np.float32]

Channel: TypeAlias = int | str
"""The channel that is read: its index from 0; ``"mean"`` of all; ``"0-1 per bin"``, a near microphone without what
the far one explains of it (`offkey.audio.two_microphones`), which users write ``"0-1"``; or ``"0-1"`` as files of
earlier versions hold it, the samples of the one minus those of the other."""

_PER_BIN = " per bin"
_DIFFERENCE = re.compile(r"\d+-\d+")


def parse_channel(text: str) -> Channel:
    """Read the channel that a user asks for.

    `text`: an index from 0, ``"mean"``, or a near and a far microphone such as ``"0-1"``.
    Returns: of two microphones ``"0-1 per bin"``, so that wherever a channel is kept, it is told from one that
        subtracts samples.
    """
    if text.isdecimal():
        return int(text)
    if text == "mean":
        return text
    if _DIFFERENCE.fullmatch(pair := text.removesuffix(_PER_BIN)):
        return pair + _PER_BIN
    raise ParameterError(
        "The channel must be an index from 0, 'mean', or a near and a far microphone such as '0-1'. "
        f"Got {text!r} instead."
    )


def check_channel(text: str) -> Channel:
    """Return a channel as a file holds it, where ``"0-1"`` subtracts samples; see `parse_channel`."""
    channel = parse_channel(text)
    return text if is_pair(channel) else channel


def is_pair(channel: Channel) -> bool:
    """Tell whether a near microphone is heard without what a far one explains of it."""
    return str(channel).endswith(_PER_BIN)


def channels_of(channel: Channel) -> list[int]:
    """Return the indices of the channels that are read, the near one first; none of the mean of all."""
    return [] if channel == "mean" else [int(index) for index in str(channel).removesuffix(_PER_BIN).split("-")]


def one_channel(block: Samples, channel: Channel, name: str) -> Samples:
    """Return one channel of a block of sound, or the two microphones of a pair.

    `block`: shape (n, channels); the sound.
    Returns: shape (n,); of a pair shape (n, 2), near and far, which `Windows` makes one of.
    """
    if channel == "mean":
        mean: Samples = block.mean(axis=1, dtype=np.float32)
        return mean
    first, *rest = chosen = channels_of(channel)
    for index in chosen:
        if index >= block.shape[1]:
            raise AudioError(
                f"{name} has no channel {index}: it has {block.shape[1]}, counted from 0; "
                "choose one of them, 'mean', or a near and a far microphone such as '0-1'."
            )
    if is_pair(channel):
        return np.ascontiguousarray(block[:, chosen])
    return block[:, first] - block[:, rest[0]] if rest else np.ascontiguousarray(block[:, first])
