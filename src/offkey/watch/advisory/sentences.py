"""Sentences about events, with what the store knows of them by now."""

from __future__ import annotations

from collections.abc import Callable

from offkey.errors import OffkeyError
from offkey.watch.advisory.words import event_sentences
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store

__all__ = ["stored_words"]


def stored_words(store: Store, zone: str) -> Callable[[Change], str]:
    """Return a function: change to the sentences that people read.

    Parameters
    ----------
    store : Store
        Where explanations and clips are.
    zone : str
        The zone of the plant.
    """

    def words(change: Change) -> str:
        try:
            explanation = store.explanation(change.event) or {}
            has_clip = any(clip["removed_at"] is None for clip in store.clips(change.event))
        except OffkeyError:  # a message without them is better than none
            explanation, has_clip = {}, False
        return event_sentences(change, explanation.get("details"), zone=zone, has_clip=has_clip)

    return words
