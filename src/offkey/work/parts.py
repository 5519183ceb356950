"""Many items cut into parts: pieces of work that are done whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from offkey.listing import listing

__all__ = ["Item", "Part", "cut"]


class Item(Protocol):
    """An item of work, such as a clip."""

    @property
    def text(self) -> str:
        """The name in messages."""
        ...

    @property
    def key(self) -> str:
        """The key that no other item, and no earlier state of this one, has."""
        ...


AnItem = TypeVar("AnItem", bound=Item)


@dataclass(frozen=True)
class Part(Generic[AnItem]):
    """Some items, whose rows lie in one file."""

    name: str
    items: tuple[AnItem, ...]

    def __str__(self) -> str:
        return f"the part of {listing((item.text for item in self.items), 1)}"


def cut(items: Sequence[AnItem], size: int, name: Callable[[int, tuple[AnItem, ...]], str]) -> list[Part[AnItem]]:
    """Cut items into parts, of which the last may hold fewer; each is named by its number and its items."""
    members = [tuple(items[first : first + size]) for first in range(0, len(items), size)]
    return [Part(name(number, some), some) for number, some in enumerate(members)]
