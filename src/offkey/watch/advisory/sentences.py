"""Sentences about events, with what the store knows of them by now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from offkey.errors import OffkeyError
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.words import event_sentences
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store

__all__ = ["renewed_words", "stored_words"]


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


def renewed_words(store: Store, zone: str) -> Callable[[Alert], Alert]:
    """Return a function: alert about an event that goes on to the same with what was found out since.

    Parameters
    ----------
    store, zone
        As in `stored_words`.
    """
    words = stored_words(store, zone)

    def renewed(alert: Alert) -> Alert:
        if alert.scope == "source" or alert.kind not in ("new", "update", "reminder"):
            return alert
        rows = [row for row in store.changes(alert.id) if row["kind"] != "end"]
        if not rows:
            return alert
        return replace(alert, text=words(replace(Change.of(rows[-1]), level=alert.level)))

    return renewed
