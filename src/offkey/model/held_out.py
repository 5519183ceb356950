"""Results of clips that a model learnt from, as they were while each was held out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from offkey.audio import FileRecording
from offkey.errors import AudioError
from offkey.model.model import Model
from offkey.model.result import Scored
from offkey.work.thread_pool import Threads

__all__ = ["held_out", "mark_learnt"]


def held_out(model: Model, result: Scored, digest: str) -> Scored:
    """Return the result of a recording as it was while the recording was held out.

    Returns: with the cross-validated score and its p-value where the model learnt from the recording; else as it was.
    """
    score = None if model.learnt is None else model.learnt.score(digest)
    if score is None:
        return result
    calibration, threshold = model.calibration, model.threshold
    if model.recalibration is not None:  # it was recorded as those learnt, and is judged beside them
        calibration = model.recalibration.before()
        threshold = calibration.threshold(min(threshold.false_alarm_rate, 1 - calibration.least_rate))
    p_value = float(calibration.p_values([score])[0])
    return replace(result, score=score, p_value=p_value, anomalous=score > threshold.value)


def mark_learnt(model: Model, files: Iterable[Path], *, jobs: int | None = None) -> dict[Path, float]:
    """Return the files that a model learnt from, with their cross-validated scores.

    `model`: the model; one that keeps no such scores knows of none.
    `files`: recordings, which are identified by their bytes.
    `jobs`: how many are read at a time; by default one per processor.
    """
    learnt, files = model.learnt, list(files)
    if learnt is None:
        return {}

    def score(file: Path) -> float | None:
        try:
            return learnt.score(FileRecording(file).digest()) if learnt.may_hold(file) else None
        except AudioError:
            return None

    found = zip(files, Threads(jobs).read(score, files), strict=True)
    return {file: score for file, score in found if score is not None}
