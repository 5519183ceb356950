"""Candidate models: fitted beside the one in use, tried on past events, and promoted or dropped by a person."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from offkey.errors import UsageError
from offkey.files import make_folder
from offkey.watch.life.background_fit import BackgroundFit, Fitted, install
from offkey.watch.life.decision import Decision
from offkey.watch.life.normal_set import NormalSet, file_name
from offkey.watch.life.replay import replay_clips
from offkey.watch.machine_model import load_model, model_digest
from offkey.watch.rows import Candidate, LifeStep
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

__all__ = ["candidate_named", "drop", "make", "promote", "replay"]

_FEWEST = 20  # clips


def make(
    store: Store, machine: MachineSettings, folder: Path, clips: Sequence[Path], *, at: float
) -> tuple[Candidate, Fitted]:
    """Fit a candidate for a machine to its normal set, in a process that yields to all others.

    Parameters
    ----------
    store : Store
        Where it is kept.
    machine : MachineSettings
        The machine.
    folder : Path
        Where relative paths start.
    clips : sequence of Path
        Further normal clips, and folders of them, beside those that were learnt and those that joined.
    at : float
        Now, in seconds since 1970 UTC.

    Returns
    -------
    candidate : Candidate
        Its row.
    outcome : Fitted
        What it was fitted on.

    Raises
    ------
    UsageError
        If there are too few clips.
    OffkeyError
        If no model can be fitted.
    """
    known = NormalSet(folder, machine.name).clips()
    if len(known) < _FEWEST and not clips:
        raise UsageError(
            f"The normal set of {machine.name} has {len(known)} clips, {_FEWEST} or more are needed, since its "
            "model was fitted elsewhere: name the folder of its normal clips with --clips."
        )
    ident = uuid.uuid4().hex[:8]
    path = folder / "candidates" / file_name(machine.name) / f"{ident}.offkey"
    make_folder(path.parent)
    outcome = BackgroundFit([*known, *clips], path, _config(machine, folder)).wait()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    row = Candidate(ident, machine.name, at, path.relative_to(folder).as_posix(), digest, int(outcome.report["clips"]))
    store.add(row)
    return row, outcome


def replay(store: Store, machine: MachineSettings, folder: Path, ident: str | None) -> dict[str, Any]:
    """Try a candidate on the clips of reviewed events; keep and return what it would have found, as of `replay_clips`.

    Raises
    ------
    UsageError
        If there is no such candidate, or nothing to try it on.
    """
    row = candidate_named(store, machine, ident)
    model, _ = load_model(machine.model_copy(update={"model": row["model_path"]}), folder)
    found = replay_clips(store, machine, folder, model)
    store.life.update_candidate(row["id"], replay=found)
    return found


def promote(store: Store, machine: MachineSettings, folder: Path, ident: str | None, decision: Decision) -> str:
    """Put a candidate in the place of the model in use, which is kept beside it; a new shadow begins.

    Returns: a sentence for people.

    Raises
    ------
    UsageError
        If there is no such candidate, or it was decided about before.
    """
    row = candidate_named(store, machine, ident)
    before = model_digest(machine, folder)
    kept = install(folder / row["model_path"], folder / machine.model, decision.at)
    details = {
        "candidate": row["id"],
        "model": row["digest"],
        "before": before,
        "kept": None if kept is None else str(kept),
    }
    _keep(store, machine, row, "promoted", decision, details)
    beside = "" if kept is None else f" The model before it is kept as {kept}."
    return (
        f"{machine.name}: the candidate {row['id']} is in use from now on, and its shadow begins anew: nobody is told "
        f"of events for {machine.shadow_days:g} days of sound, or until you arm it.{beside}"
    )


def drop(store: Store, machine: MachineSettings, folder: Path, ident: str | None, decision: Decision) -> str:
    """Drop a candidate: its file is removed, its row stays.

    Returns: a sentence for people.

    Raises
    ------
    UsageError
        As of `promote`.
    """
    row = candidate_named(store, machine, ident)
    (folder / row["model_path"]).unlink(missing_ok=True)
    _keep(store, machine, row, "dropped", decision, {"candidate": row["id"]})
    return f"{machine.name}: the candidate {row['id']} is dropped; the model in use stays."


def candidate_named(store: Store, machine: MachineSettings, ident: str | None) -> dict[str, Any]:
    """Return the row of a candidate that nobody has decided about; the newest where `ident` is None.

    Raises
    ------
    UsageError
        If there is none.
    """
    rows = store.life.candidates(machine.name)
    waiting = [row for row in rows if row["verdict"] is None]
    chosen = [row for row in waiting if ident in (None, row["id"])]
    if chosen:
        return chosen[0]
    decided = next((row for row in rows if row["id"] == ident), None)
    if decided is not None:
        raise UsageError(f"The candidate {ident} of {machine.name} was {decided['verdict']} already.")
    known = ", ".join(row["id"] for row in waiting)
    there = f"there is {known}" if known else "'offkey watch candidate make' fits one"
    raise UsageError(f"{machine.name} has no candidate{'' if ident is None else f' {ident}'}: {there}.")


def _keep(
    store: Store,
    machine: MachineSettings,
    row: dict[str, Any],
    verdict: Literal["promoted", "dropped"],
    decision: Decision,
    details: dict[str, Any],
) -> None:
    store.add(LifeStep(machine.name, decision.at, verdict, decision.by, decision.comment, details))
    store.life.update_candidate(row["id"], verdict=verdict, by=decision.by, decided_at=decision.at)


def _config(machine: MachineSettings, folder: Path) -> dict[str, Any]:
    """Return the configuration of the model in use, so that a candidate differs in its clips alone."""
    if model_digest(machine, folder) is None:
        return {"channel": machine.learn_channel}
    model, _ = load_model(machine, folder)
    return {**model.config.model_dump(mode="json"), "rate": model.rate}
