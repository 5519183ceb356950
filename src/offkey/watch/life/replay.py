"""Past events through another model, by the clips that were kept of them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.audio import FileRecording
from offkey.decision.events import Rule, Shadow, smooth
from offkey.errors import AudioError, ParameterError, UsageError
from offkey.model import Model
from offkey.watch.acquisition.source import Begin
from offkey.watch.evidence.clips import clip_files
from offkey.watch.features import StreamScores
from offkey.watch.life.phases import digest_in, standing
from offkey.watch.life.reviews import verdicts
from offkey.watch.machine import judge_of
from offkey.watch.machine_model import load_model
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

__all__ = ["replay_clips"]


def replay_clips(store: Store, machine: MachineSettings, folder: Path, model: Model) -> dict[str, Any]:
    """Score the clips of events that people reviewed as true or false, and count those that a model would raise.

    Surprises mean the same for every model, since each is calibrated by its own normal clips; so an event counts as
    found where the smoothed surprise of its clip comes up to the level at which the rule of the machine in use opens.
    For a lasting change, which need not come up to it, the mean of the clip counts beside the blocks of the shadow: it
    must be higher than 19 of 20 of them.

    Parameters
    ----------
    store : Store
        Holds events, reviews and the shadow.
    machine : MachineSettings
        The machine.
    folder : Path
        Where relative paths start.
    model : Model
        The candidate, with the hop of the machine.

    Returns
    -------
    dict
        For ``"true"`` and ``"false"`` each: `events`, `found` and `without_clip`; for ``"normal"``, the normal clips
        that it was fitted on, each scored by a copy that did not learn it: `clips` and `found`; and `sentence`.

    Raises
    ------
    UsageError
        If no event of the machine was reviewed, or its shadow is too short for a rule.
    """
    judged = verdicts(store)
    events = [row for row in store.events(limit=100_000, machine=machine.name) if row["event"] in judged]
    events = [row for row in events if judged[row["event"]] in ("true", "false")]
    if not events:
        raise UsageError(f"No event of {machine.name} is reviewed as true or false: 'offkey watch review' does that.")
    rule, usual = _rule(store, machine, folder)
    counts = {verdict: {"events": 0, "found": 0, "without_clip": 0} for verdict in ("true", "false")}
    for row in events:
        of_verdict = counts[judged[row["event"]]]
        of_verdict["events"] += 1
        series = _surprises(store, folder, row["event"], model)
        if series is None:
            of_verdict["without_clip"] += 1
        elif _is_found(series, rule, usual, is_lasting=row["path"] == "slow"):
            of_verdict["found"] += 1
    normal = _of_normal(model, rule)
    return {**counts, "normal": normal, "sentence": _sentence(counts, normal)}


def _rule(store: Store, machine: MachineSettings, folder: Path) -> tuple[Rule, float]:
    """Return the rule of the model in use, and the mean that 19 of 20 blocks of its shadow stay below.

    Of surprises as the model gives them, since the operating states of its shadow say nothing of another model.
    """
    model, model_id = load_model(machine, folder)
    found = standing(store.life.steps(machine.name), model=digest_in(model_id), wanted=machine.sensitivity)
    rows, hop_s = store.shadow(machine.name, model_id, since=found.since), model.windowing.hop_s
    try:
        shadow = Shadow(rows.surprises(), hop_s=hop_s)
        chosen = judge_of(machine, model_id, rows, hop_s=hop_s, allowed=found.sensitivity).sensitivity
    except ParameterError as error:
        raise UsageError(f"The model of {machine.name} in use has no rule yet: {error}") from error
    return shadow.sensitivity(chosen.allowed).rule, float(np.quantile(shadow.blocks.means, 0.95))


def _surprises(store: Store, folder: Path, event: str, model: Model) -> NDArray[np.float64] | None:
    """Return the surprises of the clip of an event, window by window; None where no clip can be read."""
    paths = clip_files(folder, store.clips(event))
    found = list[float]()
    for path in paths:
        try:
            recording, scores = FileRecording(path), StreamScores(model, path.name)
            scores.feed(Begin(recording.rate, 0.0, math.inf))
            for block in recording.every_channel():
                found += [window.surprise for window in scores.feed(block)]
        except (OSError, AudioError):
            continue
    return np.array(found) if found else None


def _is_found(series: NDArray[np.float64], rule: Rule, usual: float, *, is_lasting: bool) -> bool:
    if not np.isfinite(series).any():
        return False
    peak = float(np.nanmax(smooth(series, rule.half_life, usual=rule.usual, hold=rule.hold)))
    return peak >= rule.open_at or (is_lasting and float(np.nanmean(series)) > usual)


def _of_normal(model: Model, rule: Rule) -> dict[str, int]:
    """Count the clips learnt whose cross-validated score comes up to the level at which an event opens."""
    if model.learnt is None:
        return {"clips": 0, "found": 0}
    surprises = model.calibration.surprises(model.learnt.scores)
    return {"clips": len(surprises), "found": int((surprises >= rule.open_at).sum())}


def _sentence(counts: dict[str, dict[str, int]], normal: dict[str, int]) -> str:
    """Say what would have been found, of which events."""
    true, false = counts["true"], counts["false"]
    without = true["without_clip"] + false["without_clip"]
    heard = {verdict: of["events"] - of["without_clip"] for verdict, of in counts.items()}
    missing = f"; {without} reviewed events have no clip any more" if without else ""
    return (
        f"would have found {true['found']} of {heard['true']} true events, and {false['found']} of {heard['false']} "
        f"false ones{missing}; {normal['found']} of its {normal['clips']} normal clips come up to the level of an event"
    )
