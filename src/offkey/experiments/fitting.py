"""One model of a benchmark: fitted on a cell's training clips, asked about its test clips."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence

from offkey.errors import MissingExtraError, OffkeyError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell
from offkey.experiments.learnt_size import learnt_mb
from offkey.experiments.noise import without_noise
from offkey.experiments.outcome import TOLD_RATES, CellScores, ClipScore
from offkey.experiments.reader import CellFeatures
from offkey.features import FrontEnd
from offkey.hearing.batch import ClipFeatures
from offkey.model import Model, ModelConfig
from offkey.model.fitting.fit_features import fit_features
from offkey.model.result import of_recording

__all__ = ["failed_cell", "fit_and_score"]


def fit_and_score(
    candidate: Candidate,
    read: CellFeatures,
    *,
    config: ModelConfig,
    rate: int,
    digest: str,
    front_end: FrontEnd | None = None,
    notes: Sequence[str] = (),
) -> CellScores:
    """Fit one model and score the test clips.

    `read`: the features of a cell; where there are clips of noise alone, the directions of noise do not count.
    `rate`: sampling rate in Hz at which they were heard.
    `front_end`: what heard them, if it has learnt something.
    Returns: with an `error`, in the rows of its clips too, if nothing could be fitted.
    """
    cell, train, test = read.cell, read.train, read.test
    if read.noise:
        train, test = without_noise(read.noise, train, test)
    began = time.perf_counter()
    try:
        model = fit_features(
            train,
            config=config,
            rate=rate,
            front_end=front_end,
            domains=cell.domains,
            notes=notes,
            seed=candidate.seed,
        )
    except MissingExtraError:
        raise  # of all cells alike, and gone when the package is there
    except OffkeyError as error:
        return failed_cell(cell, digest, str(error), [clip.name for clip in test])
    fitted = time.perf_counter()
    clips = _scored(model, test)
    done = time.perf_counter()
    on = model.fitted_on
    return CellScores(
        digest=digest,
        clips=clips,
        n_train=on.clips,
        train_digest=_digest(train),
        test_digest=_digest(test),
        rate=rate,
        threshold=model.threshold.value,
        left_out=list(on.left_out),
        notes=list(on.notes),
        fit_s=round(fitted - began, 4),
        score_s=round(done - fitted, 4),
        thresholds={f"{rate:g}": model.calibration.threshold(rate).value for rate in TOLD_RATES},
        size_mb=learnt_mb(model.detector),
    )


def failed_cell(cell: Cell, digest: str, reason: str, names: Sequence[str]) -> CellScores:
    """Return a cell without a model: each of its clips has the reason in its row."""
    error = f"{cell.name} has no model: {reason}"
    return CellScores(digest, [ClipScore(name, None, None, None, error) for name in names], error=error)


def _scored(model: Model, test: Sequence[ClipFeatures]) -> list[ClipScore]:
    results = map(of_recording, model.judge(test))
    return [
        ClipScore(one.file, one.score, one.p_value, None if one.anomalous is None else int(one.anomalous), one.error)
        for one in results
    ]


def _digest(extracted: Sequence[ClipFeatures]) -> str:
    return hashlib.sha256("".join(clip.digest for clip in extracted).encode()).hexdigest()
