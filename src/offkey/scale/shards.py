"""Clips cut into shards: pieces of work that are done whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from offkey.scale.clips import ClipRef

__all__ = ["SHARD_CLIPS", "Shard", "cut"]

SHARD_CLIPS = 256
"""Clips in a shard: half a minute of work for one core, so that a lost one costs little and parts stay few."""


@dataclass(frozen=True)
class Shard:
    """Some clips of a run.

    Parameters
    ----------
    number : int
        Its place among the shards, from 0.
    clips : tuple of ClipRef
        The clips.
    part : str
        Name of the Parquet file that its rows go to: its number, and a digest of the clips' names and
        states and of the work.
    """

    number: int
    clips: tuple[ClipRef, ...]
    part: str

    def __str__(self) -> str:
        return f"the shard of {self.clips[0].text} and {len(self.clips) - 1} more"


def cut(clips: Sequence[ClipRef], signature: str, size: int = SHARD_CLIPS) -> list[Shard]:
    """Cut clips into shards.

    Parameters
    ----------
    clips : sequence of ClipRef
        In the order of names.
    signature : str
        Digest of the work: model and configuration.
    size : int, default 256
        Clips in a shard; the last may hold fewer.

    Returns
    -------
    list of Shard
        The same for the same clips and work, whoever does it.
    """
    shards = []
    for number, first in enumerate(range(0, len(clips), size)):
        members = tuple(clips[first : first + size])
        digest = hashlib.sha256(signature.encode())
        for clip in members:
            digest.update(os.fsencode(f"\0{clip.name}\0{clip.state}"))
        shards.append(Shard(number, members, f"part-{number:07d}-{digest.hexdigest()[:16]}.parquet"))
    return shards
