from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import offkey
from offkey.detectors.knn import KNN
from offkey.errors import ParameterError
from offkey.experiments.candidate import Candidate
from offkey.experiments.detecting import detect
from offkey.experiments.reader import CellFeatures, Reader
from offkey.experiments.tuning.division import cells_of
from offkey.hearing.batch import ClipFeatures, WindowFeatures


def _read(table: pl.DataFrame, candidate: Candidate) -> CellFeatures:
    """Read the first id."""
    (cell, *_), _ = cells_of(table.iter_rows(named=True))
    return Reader([cell], jobs=1).features(candidate, cell)


@pytest.mark.parametrize("features", ["logmel", "stats"])  # the second is standardised
def test_the_scores_are_those_of_a_whole_model(weak_faults: pl.DataFrame, features: str) -> None:
    candidate = Candidate(features, "knn")
    read = _read(weak_faults, candidate)
    outcome = detect(candidate, read)
    same = {"clip_s": 10.0} if features == "logmel" else {}  # what a fit would learn from its clips
    train, test = ([clip.path for clip in clips] for clips in (read.cell.train, read.cell.test))
    model = offkey.fit(train, detector="knn", features=features, features_params=same)
    expected = [result.score for result in model.score(test)]
    np.testing.assert_allclose(outcome.scores, expected, rtol=1e-6)
    assert outcome.labels.tolist() == [clip.label for clip in read.cell.test]


def test_some_columns_are_those_of_a_front_end_that_keeps_them(weak_faults: pl.DataFrame) -> None:
    whole, smaller = Candidate("logmel", "fused"), Candidate("logmel", "fused").keeping(range(40, 60))
    columns = [band + 128 * block for block in range(2) for band in range(40, 60)]
    from_columns = detect(smaller, _read(weak_faults, whole), columns)
    kept = detect(smaller, _read(weak_faults, smaller))
    np.testing.assert_allclose(from_columns.scores, kept.scores, rtol=1e-3, atol=1e-3)


def test_of_a_long_recording_the_highest_window_counts(cell) -> None:
    rng = np.random.default_rng(0)
    test = rng.normal(size=(6, 3)).astype(np.float32)
    train = [_clip(row) for row in rng.normal(size=(9, 1, 3)).astype(np.float32)]
    candidate = Candidate("logmel", "knn", features_params={"n_mels": 8})
    long = CellFeatures(cell(labels=(0, 0, 1)), train, [_clip(test[:3]), _clip(test[3:4]), _clip(test[4:])])
    short = CellFeatures(cell(labels=(0, 0, 0, 0, 1, 1)), train, [_clip(row) for row in test[:, None]])
    single = detect(candidate, short).scores
    assert detect(candidate, long).scores.tolist() == [single[:3].max(), single[3], single[4:].max()]


def test_a_clip_without_features_has_its_reason_and_no_say(cell) -> None:
    rows = np.random.default_rng(0).normal(size=(9, 1, 3)).astype(np.float32)
    bad = ClipFeatures("bad.wav", [WindowFeatures(None, None, None, "It is silent.")])
    read = CellFeatures(cell(labels=(1, 0, 1)), list(map(_clip, rows)), [bad, _clip(rows[0]), _clip(rows[1] + 9)])
    outcome = detect(Candidate("logmel", "knn", features_params={"n_mels": 8}), read)
    assert outcome.labels.tolist() == [0, 1]
    assert [clip.error for clip in outcome.scored.clips] == ["It is silent.", None, None]


def _clip(rows: np.ndarray) -> ClipFeatures:
    return ClipFeatures("clip.wav", [WindowFeatures(k, k + 1, row) for k, row in enumerate(rows)])


def test_domains_go_to_the_detector(weak_faults: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    fit = KNN.fit
    monkeypatch.setattr(KNN, "fit", lambda self, X, *, domains: given.append(domains.tolist()) or fit(self, X))
    every_third = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("target")).otherwise(pl.lit("source"))
    candidate = Candidate("logmel", "knn")
    detect(candidate, _read(weak_faults.with_columns(domain=every_third), candidate))
    assert given == [["target", "source", "source"] * 4 + ["target", "source"]]


def test_a_detector_that_cannot_be_fitted_says_so(weak_faults: pl.DataFrame) -> None:
    read = _read(weak_faults, Candidate("logmel", "fused"))
    few = replace(read, train=read.train[:3])
    with pytest.raises(ParameterError, match="'fused' needs at least"):
        detect(Candidate("logmel", "fused"), few)
