"""Scores of a candidate's bare detector on a cell, without the calibration of a whole model."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from offkey.experiments.candidate import Candidate
from offkey.experiments.learnt_size import learnt_mb
from offkey.experiments.outcome import CellScores, ClipScore, Outcome
from offkey.experiments.reader import CellFeatures
from offkey.features.normalisation import Standardiser
from offkey.model.make_components import make_detector
from offkey.work.library_threads import one_thread

__all__ = ["detect"]


def detect(candidate: Candidate, read: CellFeatures, columns: Sequence[int] | None = None) -> Outcome:
    """Fit a candidate's detector on a cell's training clips, and score its test clips.

    Calibration is left out, which changes no AUC.

    `read`: features by the candidate's front end, or by that front end before it kept only `columns`.
    `columns`: the features that are used; all by default.
    """
    config = candidate.config()
    train, test = read.train_batch.vectors, read.test_batch.vectors
    if columns is not None:
        train, test = train[:, columns], test[:, columns]
    if candidate.front_end().normalisation == "standard":
        standardiser = Standardiser.fit(train)
        train, test = (standardiser(rows).astype(np.float64) for rows in (train, test))  # type: ignore[assignment]
    with one_thread():  # many small fits: threads that wait for one another cost more than they bring
        began = time.perf_counter()
        detector = make_detector(config).fit(train, domains=read.domains)
        fitted = time.perf_counter()
        scores = detector.score(test)
        done = time.perf_counter()
    errors = read.test_batch.errors
    clips = [
        ClipScore(clip.name, score, None, None, errors[number] if score is None else None)
        for number, (clip, score) in enumerate(zip(read.test, read.test_batch.highest(scores), strict=True))
    ]
    scored = CellScores(
        "",
        clips,
        n_train=len(read.train),
        fit_s=fitted - began,
        score_s=done - fitted,
        size_mb=learnt_mb(detector),
    )
    return Outcome(candidate, read.cell, scored)
