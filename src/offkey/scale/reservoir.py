"""A sample of training clips that is the same in any order and any parts."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from offkey.hearing.batch import ClipFeatures

__all__ = ["Reservoir"]


@dataclass
class Reservoir:
    """The clips with the lowest ranks, where a clip's rank is a digest of its content.

    A digest is as good as drawn at random, so that this is a uniform sample without replacement (bottom-k
    sampling: Cohen & Kaplan, "Summarizing data using bottom-k sketches", PODC 2007, sec. 2). As the rank belongs to
    the clip, two reservoirs merge into that of all their clips, exactly. Copies have the rank of their content, so that
    a sample that holds one holds the others, but for the last.
    """

    capacity: int
    seed: int = 0  # another seed, another sample
    seen: int = 0
    _kept: list[tuple[int, str, int, ClipFeatures]] = field(default_factory=list, repr=False)

    def add(self, clips: Iterable[ClipFeatures]) -> None:
        """Offer clips; those without any features are passed over."""
        for clip in clips:
            if not clip.usable_windows:
                continue
            self.seen += 1
            self._offer((-self._rank(clip), clip.name, self.seen, clip))

    def merge(self, other: Reservoir) -> None:
        """Take in what another one kept, and forget that it was apart."""
        before = self.seen
        for rank, name, number, clip in other._kept:
            self._offer((rank, name, before + number, clip))
        self.seen += other.seen

    def clips(self) -> list[ClipFeatures]:
        """Return what is kept, in the order of names."""
        return [clip for *_, clip in sorted(self._kept, key=lambda entry: entry[1:3])]

    def _offer(self, entry: tuple[int, str, int, ClipFeatures]) -> None:
        if len(self._kept) < self.capacity:
            heapq.heappush(self._kept, entry)
        else:
            heapq.heappushpop(self._kept, entry)

    def _rank(self, clip: ClipFeatures) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed}|{clip.digest}".encode()).digest()[:16])
