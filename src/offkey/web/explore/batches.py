"""The labels that clips had before many were labelled at once, so that this can be taken back."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping

from offkey.web.explore.labels import Label, Labels
from offkey.web.failures import PageError

__all__ = ["Batches"]

_MOST_KEPT = 50


class Batches:
    """Changes of many labels, the last 50 of them kept while the program runs."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._kept: dict[str, Mapping[str, Label]] = {}
        self._keeping = threading.Lock()

    def label(self, clips: list[str], word: str) -> str:
        """Label clips, or remove their labels if `word` is empty, and return the name of the change; comments stay."""
        known = self._labels.all()
        before = {clip: known.get(clip) or Label("") for clip in clips}
        self._labels.set_many({clip: Label(word, label.comment) for clip, label in before.items()})
        name = secrets.token_hex(8)
        with self._keeping:
            self._kept[name] = before
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return name

    def take_back(self, name: str) -> int:
        """Give the clips of a change the labels that they had before, and return how many they are."""
        with self._keeping:
            before = self._kept.pop(name, None)
        if before is None:
            raise PageError(404, "This change cannot be taken back any more.")
        self._labels.set_many(before)
        return len(before)
