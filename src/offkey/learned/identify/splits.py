"""The split of clips for types: whole machine ids are held out, so that none is praised for knowing a machine again.

Clips of one machine are alike in much that its type has no part in: microphone, room, this one machine's faults
and speed. Where clips of one id lie on both sides of a split, a classifier that has learnt these looks better
than it will be on a machine that it has not heard.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from offkey.errors import DataError, ParameterError
from offkey.learned.identify.clips import TypedClip

__all__ = ["FEWEST_HELD_OUT", "FEWEST_TRAIN", "TypeSplit", "split_clips"]

FEWEST_TRAIN, FEWEST_HELD_OUT = 5, 3
"""The fewest clips of a type that can be learnt from, and calibrated on."""


@dataclass(frozen=True)
class TypeSplit:
    """Clips to learn from and clips held out."""

    train: list[TypedClip]
    held_out: list[TypedClip]
    by: str = "given"  # "id", "clip", or "given" by the data set

    @property
    def types(self) -> tuple[str, ...]:
        """The machine types, by name."""
        return tuple(sorted({clip.machine_type for clip in self.train}))

    @property
    def unseen(self) -> dict[str, bool]:
        """Whether the held-out clips of each type are of ids that are not learnt from."""
        learnt = {(clip.machine_type, clip.ident) for clip in self.train}
        return {
            name: not any(
                (name, clip.ident) in learnt or clip.ident is None
                for clip in self.held_out
                if clip.machine_type == name
            )
            for name in self.types
        }

    def about(self) -> str:
        """Describe the split in one or two sentences."""
        if self.by == "clip":
            return (
                "Split by clip, drawn at random: clips of the same machine ids are on both sides, which flatters "
                "the figures; --split id does not."
            )
        seen = [name for name, unseen in self.unseen.items() if not unseen]
        if not seen:
            return "Split by id: every held-out clip is of a machine outside the training set."
        unseen = ", ".join(name for name in self.types if name not in seen)
        return (
            f"Split by id{f' for {unseen}' if unseen else ''}; of {', '.join(seen)} there is one machine id, whose "
            "clips are divided in the order of time: not tested on a machine that was not learnt."
        )


def split_clips(clips: Sequence[TypedClip], *, by: str = "id", holdout: float = 0.25, seed: int = 0) -> TypeSplit:
    """Hold out a share of the clips of each machine type.

    By ``id``, whole machine ids are held out; of a type with a single id its last clips by name, which is the order of
    time, so that neighbours in time stay on one side. By ``clip``, clips are drawn at random.
    """
    if by not in ("id", "clip"):
        raise ParameterError(f"The split must be one of 'id', 'clip'. Got {by!r} instead.")
    if not 0 < holdout < 1:
        raise ParameterError(f"The share held out must lie between 0 and 1. Got {holdout!r} instead.")
    of_type: dict[str, list[TypedClip]] = defaultdict(list)
    for clip in clips:
        of_type[clip.machine_type].append(clip)
    if len(of_type) < 2:
        raise DataError(f"A classifier of machine types needs two or more; found {', '.join(of_type) or 'none'}.")
    train, held_out = [], []
    for name, own in sorted(of_type.items()):
        if len(own) < FEWEST_TRAIN + FEWEST_HELD_OUT:
            raise DataError(
                f"The machine type {name!r} has {len(own)} clips that can be used: expected at least "
                f"{FEWEST_TRAIN + FEWEST_HELD_OUT}, to learn from and to hold out."
            )
        out = _ids_out(own, holdout, seed) if by == "id" else _drawn(own, holdout, seed)
        train += [clip for clip in own if clip not in out]
        held_out += [clip for clip in own if clip in out]
    return TypeSplit(train, held_out, by)


def _ids_out(clips: list[TypedClip], holdout: float, seed: int) -> set[TypedClip]:
    """Return the clips of some ids; where these or the others are too few, the last clips by name."""
    idents = sorted({clip.ident or "" for clip in clips}, key=lambda ident: _draw(seed, clips[0].machine_type, ident))
    count = min(max(1, round(holdout * len(idents))), len(idents) - 1)
    chosen = set(idents[:count])
    out = {clip for clip in clips if (clip.ident or "") in chosen}
    if len(out) >= FEWEST_HELD_OUT and len(clips) - len(out) >= FEWEST_TRAIN:
        return out
    ordered = sorted(clips, key=lambda clip: (clip.path.name, str(clip.path)))
    return set(ordered[len(clips) - _number(len(clips), holdout) :])


def _drawn(clips: list[TypedClip], holdout: float, seed: int) -> set[TypedClip]:
    drawn = sorted(clips, key=lambda clip: _draw(seed, clip.machine_type, clip.ident, clip.path.name))
    return set(drawn[: _number(len(clips), holdout)])


def _number(n: int, holdout: float) -> int:
    return min(max(FEWEST_HELD_OUT, round(holdout * n)), n - FEWEST_TRAIN)


def _draw(*words: object) -> bytes:
    """Return a random key of names and a seed, which other clips do not change."""
    return hashlib.blake2b("/".join(map(str, words)).encode(), digest_size=8).digest()
