"""Many items cut into parts: pieces of work that are done whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

__all__ = ["PART_ITEMS", "Item", "Part", "cut"]

PART_ITEMS = 256
"""Items of a part: of clips half a minute of work for one core, so that a lost one costs little and parts are few."""


class Item(Protocol):
    """What work is done to, such as a clip."""

    @property
    def text(self) -> str:
        """What messages call it."""
        ...

    @property
    def key(self) -> str:
        """What tells it from others, and from what it was before."""
        ...


AnItem = TypeVar("AnItem", bound=Item)


@dataclass(frozen=True)
class Part(Generic[AnItem]):
    """Some items of a run.

    Parameters
    ----------
    name : str
        Name of the file that their rows go to.
    items : tuple of Item
        The items.
    """

    name: str
    items: tuple[AnItem, ...]

    def __str__(self) -> str:
        return f"the part of {self.items[0].text} and {len(self.items) - 1} more"


def cut(items: Sequence[AnItem], signature: str, size: int = PART_ITEMS) -> list[Part[AnItem]]:
    """Cut items into parts, each named by its number, its items and the work: the same whoever does it."""
    parts = []
    for number, first in enumerate(range(0, len(items), size)):
        members = tuple(items[first : first + size])
        digest = hashlib.sha256(signature.encode())
        for item in members:
            digest.update(os.fsencode(f"\0{item.key}"))
        parts.append(Part(f"part-{number:07d}-{digest.hexdigest()[:16]}.parquet", members))
    return parts
