"""Events as programs read them: with their sentences, their clip and their explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from offkey.watch.advisory.words import event_sentences
from offkey.watch.health.events import Change
from offkey.watch.store.store import Store

__all__ = ["described", "described_whole"]

_OF_CLIP = ("path", "began", "ended", "rate", "bytes", "sha256")


def described(store: Store, rows: Sequence[Mapping[str, Any]], zone: str) -> list[dict[str, Any]]:
    """Return events with what is known of them by now.

    Parameters
    ----------
    store : Store
        Where clips and explanations are.
    rows : sequence of mapping
        Events as of `Store.events`.
    zone : str
        The zone of the plant.

    Returns
    -------
    list of dict
        Each row with `sentence`, what people read; `explanation`, the sentence of the model, None where there is none
        yet; `clip` (`path`, `began`, `ended`, `rate`, `bytes`, `sha256`), None where there is no sound, and then
        `no_clip`, why; `model_digest`, which is that of the model file.
    """
    clips, explanations = store.evidence([row["event"] for row in rows])
    return [_described(row, clips.get(row["event"], []), explanations.get(row["event"]), zone) for row in rows]


def described_whole(store: Store, row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """Return one event as of `described`, and with it all that happened and was said.

    Returns
    -------
    dict
        Besides those of `described`: `details` of the explanation, `changes` and `reviews`, in order.
    """
    event, (found,) = row["event"], described(store, [row], zone)
    explanation = store.explanation(event)
    details = {} if explanation is None else explanation["details"]
    return {**found, "details": details, "changes": store.changes(event), "reviews": store.life.reviews(event)}


def _described(
    row: Mapping[str, Any], clips: Sequence[Mapping[str, Any]], explanation: Mapping[str, Any] | None, zone: str
) -> dict[str, Any]:
    there = [clip for clip in clips if clip["removed_at"] is None]
    details = None if explanation is None else explanation["details"]
    return {
        **row,
        "sentence": event_sentences(Change.of(row), details, zone=zone, has_clip=bool(there)),
        "explanation": None if explanation is None else explanation["sentence"],
        "clip": {key: there[0][key] for key in _OF_CLIP} if there else None,
        "no_clip": clips[0]["reason"] if clips and not there else None,
        "model_digest": str(row["model"]).partition(" ")[0],
    }
