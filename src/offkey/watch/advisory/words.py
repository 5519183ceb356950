"""An event in plain words: what and since when, in which band, what to listen to, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from offkey.audio.recording_times import clock
from offkey.explain.phrases import band, listed
from offkey.watch.evidence.worker import Evidence
from offkey.watch.health.events import Change
from offkey.watch.local_time import local_text
from offkey.watch.rows import Clip, Explanation

__all__ = ["difference", "event_sentences", "evidence_sentences", "headline", "nature"]

_FURTHER = 0.4  # share of the first region's evidence that another must have to be named
_ADJOINING = 1.03  # bands that lie nearer than that ratio are named as one
_LONG_S = 60.0  # from which on a normal clip is named with its place in the recording

Details = Mapping[str, Any]


def event_sentences(
    change: Change, details: Details | None = None, *, zone: str = "UTC", has_clip: bool = False
) -> str:
    """Return what a person should know of an event, and what to do.

    `details`: of its explanation (`offkey.watch.evidence.explaining`); None, or empty, where there is none.
    `zone`: of the plant, as the IANA names it.
    `has_clip`: whether its sound can be listened to.
    """
    parts = [headline(change, zone)]
    if change.scope == "common":
        return " ".join([*parts, _NEXT_COMMON])
    if details:
        parts.append(f"It is {difference(details)}.")
    if has_clip:
        parts.append(_listen(details or {}))
    if change.area is not None:
        parts.append(f"Other machines of {change.area} changed at the same time, so look at the surroundings first.")
    return " ".join([*parts, _next(change, details or {})])


def headline(change: Change, zone: str = "UTC") -> str:
    """Return the first sentence: which machine, since when, and whether it came at once or lasts."""
    began = local_text(change.began, zone)
    when = f"since {began}" if change.ended is None else f"from {began} to {local_text(change.ended, zone)}"
    if change.scope == "common":
        verb = "sound" if change.ended is None else "sounded"
        return f"{change.area or change.machine}: most machines {verb} different {when}."
    verb = "has sounded" if change.ended is None else "sounded"
    such = ", such as wear" if change.path == "slow" else ""
    return f"{change.machine} {verb} wrong {when}: {nature(change)}{such}."


def nature(change: Change) -> str:
    """Return in a few words whether a machine changed at once or lastingly, or its surroundings did."""
    if change.scope == "common":
        return "the surroundings changed"
    return "a break or a burst" if change.path == "fast" else "a lasting change"


def difference(details: Details) -> str:
    """Return how the sound departs from normal: ``"louder than normal around 3.1 to 3.6 kHz: broadband noise"``."""
    regions = _telling(details)
    if not regions:
        words = [finding["word"] for finding in details.get("timbre", []) if finding["word"]]
        return f"{listed(words)} than normal" if words else "unlike normal as a whole, and no band stands out"
    first = regions[0]
    text = f"{'louder' if first['higher'] else 'quieter'} than normal around {_bands(regions)}"
    return f"{text}: {first['character']}" if first["character"] else text


def evidence_sentences(found: Evidence) -> list[str]:
    """Return what is new about the evidence of an event, for who follows the monitor as it runs."""
    said = [] if found.explanation is None else [_explained(found.explanation, found.clip)]
    return [*said, found.problem] if found.problem else said


def _explained(explanation: Explanation, clip: Clip | None) -> str:
    details = explanation.details
    if not details:
        return explanation.sentence
    where = f"; listen to {clip.path}" if clip is not None and clip.removed_at is None else ""
    return f"{difference(details)}{where}"


_NEXT_COMMON = (
    "Look at what changed around them: another machine, an open door, the weather, or where the microphones are. If it "
    "is to stay so, let the machines learn again."
)


def _next(change: Change, details: Details) -> str:
    """Return what to do."""
    regions = _telling(details)
    if change.ended is not None:
        return "Look whether something broke or came loose, and review the event: was it true, false, or expected?"
    if regions and not regions[0]["higher"]:
        look = "Check that it runs as usual, and that its microphone is in its place"
    elif change.level == "watch":
        look = "Look at it on the next round"
    else:
        look = "Look at it now" if change.level == "alarm" else "Look at it soon"
    return f"{look}, and review the event: is it true, false, or expected?"


def _listen(details: Details) -> str:
    """Return what to listen to, and what to compare it with."""
    regions, normal = _telling(details), details.get("normal")
    where = ""
    if regions:
        low, high = regions[0]["spans_s"][0][0], regions[0]["spans_s"][-1][1]
        where = f" from {clock(low)} to {clock(high)}" if int(high) > int(low) else f" at {clock(low)}"
    text = f"Listen to its clip{where}"
    if normal is None:
        return f"{text}."
    long = (normal["start_s"] or 0.0) > 0 or (normal["end_s"] or 0.0) > _LONG_S
    at = f" at {clock(normal['start_s'])}" if long else ""
    return f"{text}, and compare it with the normal clip {normal['name']}{at}."


def _telling(details: Details) -> Sequence[Details]:
    """Return the regions that are named: the first, and others of much evidence in the same direction."""
    regions: Sequence[Details] = details.get("regions", [])
    return [
        region
        for region in regions
        if region["share"] >= _FURTHER * regions[0]["share"] and region["higher"] == regions[0]["higher"]
    ]


def _bands(regions: Sequence[Details]) -> str:
    """Return bands in words, low to high; those that adjoin are one."""
    joined: list[tuple[float, float]] = []
    for low, high in sorted((region["low_hz"], region["high_hz"]) for region in regions):
        if joined and low <= joined[-1][1] * _ADJOINING:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return listed([band(low, high) for low, high in joined])
