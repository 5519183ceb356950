"""Each sound once: recordings of equal content are one, and their content, not their order, decides what is learnt."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from offkey.errors import AudioError
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.source import Source, open_recording, source_name
from offkey.listing import listing

__all__ = ["Distinct", "by_content", "distinct"]

T = TypeVar("T")

_MOST_NAMED = 3


@dataclass(frozen=True)
class Distinct:
    """Recordings in the order of digests of their features, each window of equal features once.

    `copies`: the names of each recording that is left out, all of it being there already, and of one that it is a copy
        of.
    """

    rows: list[int]
    extracted: list[ClipFeatures]  # their features, without windows that are the same as earlier ones
    copies: list[tuple[str, str]]
    repeated: int  # how many windows of other recordings are the same as earlier ones and are left out

    def of(self, values: Sequence[T]) -> list[T]:
        """Return what belongs to these recordings, from one value for each that was given."""
        return [values[row] for row in self.rows]

    def notes(self) -> list[str]:
        """Say what counts once."""
        notes = []
        if self.copies:
            named = listing((f"{name} = {same}" for name, same in self.copies), _MOST_NAMED)
            given = len(self.rows) + len(self.copies)
            notes.append(f"{len(self.copies)} of {given} clips are copies of others and count once: {named}.")
        if self.repeated:
            notes.append(f"{self.repeated} windows sound exactly as earlier ones and count once.")
        return notes


def distinct(extracted: Sequence[ClipFeatures]) -> Distinct:
    """Sort recordings by content, and keep each content once.

    Two windows are the same where their features are, to the last bit: copies under other names, links, and copies in
    another container, whose samples are equal. Of copies the one with the shortest name is kept.

    `extracted`: the recordings; one without any features is kept, since it has its reasons.
    Returns: the same whatever the order of `extracted`, but for the numbers of the rows.
    """
    content = [_digest_of(clip) for clip in extracted]
    order = sorted(range(len(extracted)), key=lambda row: (content[row], len(extracted[row].name), extracted[row].name))
    first: dict[bytes, str] = {}
    rows, kept, copies, repeated = list[int](), list[ClipFeatures](), list[tuple[str, str]](), 0
    for row in order:
        clip = extracted[row]
        keys = [None if window.vector is None else window.vector.tobytes() for window in clip.windows]
        there = [key for key in keys if key is not None and key in first]
        windows = []
        for key, window in zip(keys, clip.windows, strict=True):
            if key is None or key not in first:
                windows.append(window)
            if key is not None:
                first.setdefault(key, clip.name)
        if there and not windows:
            copies.append((clip.name, first[there[0]]))
            continue
        repeated += len(clip.windows) - len(windows)
        rows.append(row)
        kept.append(clip if len(windows) == len(clip.windows) else replace(clip, windows=windows))
    return Distinct(rows, kept, sorted(copies), repeated)


def by_content(sources: Sequence[Source]) -> list[int]:
    """Return the numbers of recordings in the order of their digests, each digest once.

    `sources`: recordings that are still to be heard; one that cannot be read is passed over.
    """
    digests: dict[str, int] = {}
    for row in sorted(range(len(sources)), key=lambda row: (len(source_name(sources[row])), source_name(sources[row]))):
        try:
            digests.setdefault(open_recording(sources[row]).digest(), row)
        except AudioError:
            continue  # whoever hears it says what is wrong with it
    return [digests[digest] for digest in sorted(digests)]


def _digest_of(clip: ClipFeatures) -> str:
    """Return a digest of a recording's features; empty where it has none."""
    vectors = [vector.tobytes() for vector in clip.vectors]
    return hashlib.sha256(b"".join(vectors)).hexdigest() if vectors else ""
