"""Published results of each edition, to compare one's own with: facts, each with its source."""

from __future__ import annotations

from offkey.datasets.editions import edition_names, find_edition
from offkey.datasets.editions.results import PublishedSystem
from offkey.errors import UsageError

__all__ = ["published"]


def published(edition: int | str | None = None, part: str | None = None) -> list[PublishedSystem]:
    """Return published results, the best first.

    `part`: {"dev", "eval"}; the set; both by default.
    """
    if part not in (None, "dev", "eval"):
        raise UsageError(f"There is no part {part!r}: expected 'dev' or 'eval'.")
    editions = [find_edition(name) for name in (edition_names() if edition is None else [edition])]
    found = [system for one in editions for system in one.systems if part in (None, system.part)]
    return sorted(found, key=lambda system: (system.edition, system.part, -system.score))
