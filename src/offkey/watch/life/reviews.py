"""Words of people on events: true or false, seen, and that nobody is to be told for a while."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

from offkey.errors import UnknownNameError, UsageError
from offkey.watch.evidence.clips import clip_files
from offkey.watch.life.decision import Decision
from offkey.watch.life.normal_set import NormalSet
from offkey.watch.rows import Act, Review
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

__all__ = [
    "Verdict",
    "acknowledge",
    "event_named",
    "review",
    "shelve",
    "shelved_until",
    "to_review",
    "unshelve",
    "verdicts",
]

Verdict = Literal["true", "false", "expected"]


def event_named(store: Store, text: str) -> dict[str, Any]:
    """Return the newest row of the event whose identity begins with some letters.

    Raises
    ------
    UnknownNameError
        If there is none.
    UsageError
        If there are more than one.
    """
    found = store.events_named(text)
    if not found:
        raise UnknownNameError(f"No event begins with {text!r}: 'offkey watch events' lists them.")
    if len(found) > 1:
        raise UsageError(f"Several events begin with {text!r}: 'offkey watch events' lists them.")
    return found[0]


def review(
    store: Store,
    folder: Path,
    event: str,
    verdict: Verdict,
    decision: Decision,
    *,
    join_normal: bool = False,
) -> dict[str, Any]:
    """Keep what a person says of an event; the newest review of it counts.

    Parameters
    ----------
    store : Store
        Where it is kept.
    folder : Path
        Where paths of clips start.
    event : str
        Identity of the event, or its first letters.
    verdict : {"true", "false", "expected"}
        ``"expected"``: the machine did sound wrong, and people knew why, as during a repair; it is no false alarm.
    decision : Decision
        Who says it, when and why.
    join_normal : bool, default False
        Whether the clip of a false event joins the normal set, from which the next candidate is fitted.

    Returns
    -------
    dict
        The newest row of the event.

    Raises
    ------
    UsageError
        If there is no such event, or one that is to join is not false, or has no clip.
    """
    found = event_named(store, event)
    if join_normal:
        _join(store, folder, found, verdict)
    store.add(Review(found["event"], decision.at, verdict, decision.by, decision.comment, join_normal))
    return found


def _join(store: Store, folder: Path, event: dict[str, Any], verdict: Verdict) -> None:
    if verdict != "false":
        raise UsageError(f"Only a false event sounds normal. Got {verdict!r} together with --join-normal.")
    clips = clip_files(folder, store.clips(event["event"]))
    if not clips:
        raise UsageError(f"The event {event['event'][:8]} has no clip that could join the normal set.")
    normal = NormalSet(folder, event["machine"])
    for number, clip in enumerate(clips):
        normal.join(clip, f"{event['event']}-{number}")


def verdicts(store: Store) -> dict[str, Verdict]:
    """Return the verdict on each event that was reviewed, by its identity."""
    return {row["event"]: row["verdict"] for row in store.life.reviews()}


def to_review(store: Store, *, limit: int = 100) -> list[dict[str, Any]]:
    """Return the newest events that nobody reviewed, the newest first, each with `acknowledged`."""
    return store.event_rows.to_review(limit=limit)


def acknowledge(store: Store, event: str, decision: Decision) -> dict[str, Any]:
    """Keep that a person saw an event and does something about it; return its newest row."""
    found = event_named(store, event)
    store.add(Act(decision.at, "acknowledge", decision.by, event=found["event"], reason=decision.comment))
    return found


def shelve(store: Store, machine: MachineSettings, until: float, decision: Decision) -> None:
    """Let nobody be told of the events of a machine until a time; they are kept all the same.

    `decision`: its comment is the reason, which is required.

    Raises
    ------
    UsageError
        If the time has passed, or no reason is given.
    """
    if not until > decision.at:
        raise UsageError("A machine is shelved until a time to come, and the time that was given has passed.")
    if not decision.comment.strip():
        raise UsageError("A machine is shelved for a reason, which whoever comes next can read: give one.")
    store.add(_act("shelve", machine, decision, until))


def unshelve(store: Store, machine: MachineSettings, decision: Decision) -> None:
    """Let people be told again of the events of a machine."""
    store.add(_act("unshelve", machine, decision))


def shelved_until(store: Store, at: float) -> dict[str, dict[str, Any]]:
    """Return what shelved each machine that is shelved at a time, by its name, as the fields of `Act`."""
    found: dict[str, dict[str, Any]] = {}
    for row in store.life.acts():
        if row["machine"] is not None:
            found.pop(row["machine"], None)
            if row["what"] == "shelve" and row["until"] > at:
                found[row["machine"]] = row
    return found


def _act(
    what: Literal["shelve", "unshelve"], machine: MachineSettings, decision: Decision, until: float = math.nan
) -> Act:
    return Act(decision.at, what, decision.by, machine=machine.name, until=until, reason=decision.comment)
