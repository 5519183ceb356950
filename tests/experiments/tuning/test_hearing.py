from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

import offkey
from offkey.detectors.knn import KNN
from offkey.errors import AudioError, ParameterError
from offkey.experiments.candidate import Candidate
from offkey.experiments.tuning.division import Cell, cells_of, divide
from offkey.experiments.tuning.hearing import Ears, Heard, score_cell
from offkey.hearing.extractor import Extractor


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each clip is read."""
    counted: Counter[str] = Counter()
    one = Extractor.one
    monkeypatch.setattr(Extractor, "one", lambda self, source: counted.update([str(source)]) or one(self, source))
    return counted


def _cells(table: pl.DataFrame) -> list[Cell]:
    return cells_of(table.iter_rows(named=True))[0]


def test_a_clip_is_read_once_for_each_front_end(weak_faults: pl.DataFrame, read: Counter[str]) -> None:
    one_id = divide(weak_faults.filter(pl.col("section") == "00"))  # both parts share the training clips
    cells = (*one_id.tuning, *one_id.reporting)
    ears = Ears(16_000, 1)
    neighbours = [Candidate("logmel", "knn", detector_params={"n_neighbors": k}) for k in (1, 2)]
    assert ears.unheard(cells, neighbours[0]) == 34
    for candidate in neighbours:
        ears.hear(one_id.tuning, candidate)
        ears.hear(one_id.reporting, candidate)
    assert len(read) == 34
    assert set(read.values()) == {1}
    assert ears.unheard(cells, neighbours[1]) == 0
    ears.hear(cells, Candidate("logmel", "knn", features_params={"n_mels": 32}))
    assert set(read.values()) == {2}


def test_a_front_end_that_learns_does_so_once_from_all_cells(weak_faults: pl.DataFrame) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    cells = _cells(weak_faults)
    ears = Ears(16_000, 1, cells)
    params = {"rate": 4000, "seconds": 0.3, "resolutions": [0.064], "width": 1, "n_dims": 4, "epochs": 1}
    one, again = (ears.hear([cell], Candidate("discriminative", "knn", features_params=params))[0] for cell in cells)
    assert one.train.shape == again.train.shape == (14, 8)
    (learnt,) = ears._learnt.values()
    assert sum(learnt.about_["classes"].values()) == 28
    assert {name[:6] for name in learnt.about_["classes"]} == {"fan 00", "fan 02"}
    assert len(score_cell(one, Candidate("discriminative", "knn", features_params=params)).scores) == 20


@pytest.mark.parametrize("features", ["logmel", "stats"])  # the second is standardised
def test_the_scores_are_those_of_a_whole_model(weak_faults: pl.DataFrame, features: str) -> None:
    cell = _cells(weak_faults)[0]
    (heard,) = Ears(16_000, 1).hear([cell], Candidate(features, "knn"))
    scored = score_cell(heard, Candidate(features, "knn"))
    same = {"clip_s": 10.0} if features == "logmel" else {}  # what a fit would learn from its clips
    model = offkey.fit(cell.train, detector="knn", features=features, features_params=same)
    expected = [result.score for result in model.score(cell.test)]
    np.testing.assert_allclose(scored.scores, expected, rtol=1e-6)
    assert scored.labels.tolist() == list(cell.labels)


def test_some_columns_are_those_of_a_front_end_that_keeps_them(weak_faults: pl.DataFrame) -> None:
    cells, ears = _cells(weak_faults), Ears(16_000, 1)
    whole, smaller = Candidate("logmel", "fused"), Candidate("logmel", "fused").keeping(range(40, 60))
    columns = [band + 128 * block for block in range(7) for band in range(40, 60)]
    for heard, kept in zip(ears.hear(cells, whole), ears.hear(cells, smaller), strict=True):
        from_columns = score_cell(heard, smaller, columns)
        np.testing.assert_allclose(from_columns.scores, score_cell(kept, smaller).scores, rtol=1e-3, atol=1e-3)


def test_of_a_long_recording_the_highest_window_counts(cell) -> None:
    rng = np.random.default_rng(0)
    test = rng.normal(size=(6, 3)).astype(np.float32)
    train = rng.normal(size=(9, 3)).astype(np.float32)
    of_clip, labels = np.array([0, 0, 0, 1, 2, 2]), np.array([0, 0, 1], np.int8)
    candidate = Candidate("logmel", "knn", features_params={"n_mels": 8})
    scores = score_cell(Heard(cell(), train, None, test, of_clip, labels), candidate).scores
    single = score_cell(Heard(cell(), train, None, test, np.arange(6), np.repeat(labels, [3, 1, 2])), candidate).scores
    assert scores.tolist() == [single[:3].max(), single[3], single[4:].max()]


def test_a_clip_that_cannot_be_used_is_left_out_with_its_label(weak_faults: pl.DataFrame, tmp_path: Path) -> None:
    cell = _cells(weak_faults)[0]
    bad = tmp_path / "bad.wav"
    soundfile.write(bad, np.zeros(4800), 16_000)
    with_bad = Cell(
        "fan", "00", None, (*cell.train, str(bad)), None, (str(bad), *cell.test), (1, *cell.labels), ("",) * 21
    )
    ears = Ears(16_000, 2)
    (heard,) = ears.hear([with_bad], Candidate("logmel", "knn"))
    assert list(ears.left_out) == [str(bad)]
    assert heard.labels.tolist() == list(cell.labels)
    assert len(heard.train) == 14


def test_too_few_good_clips_are_refused_with_the_reason(tmp_path: Path, weak_faults: pl.DataFrame) -> None:
    cell = _cells(weak_faults)[0]
    bad = tmp_path / "bad.wav"
    soundfile.write(bad, np.zeros(4800), 16_000)
    anomalies_bad = Cell("fan", "00", None, cell.train, None, (cell.test[0], str(bad)), (0, 1), ("", ""))
    with pytest.raises(
        AudioError, match=r"Too few clips of fan 00 .* found 14 to train on, 1 normal and 0 anomalous; the"
    ):
        Ears(16_000, 1).hear([anomalies_bad], Candidate("logmel", "knn"))


def test_domains_go_to_the_detector(weak_faults: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    fit = KNN.fit
    monkeypatch.setattr(KNN, "fit", lambda self, X, *, domains: given.append(domains.tolist()) or fit(self, X))
    every_third = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("target")).otherwise(pl.lit("source"))
    (heard,) = Ears(16_000, 1).hear(
        _cells(weak_faults.with_columns(domain=every_third))[:1], Candidate("logmel", "knn")
    )
    score_cell(heard, Candidate("logmel", "knn"))
    assert given == [["target", "source", "source"] * 4 + ["target", "source"]]


def test_a_detector_that_cannot_be_fitted_says_so(weak_faults: pl.DataFrame) -> None:
    (heard,) = Ears(16_000, 1).hear(_cells(weak_faults)[:1], Candidate("logmel", "fused"))
    few = Heard(heard.cell, heard.train[:3], None, heard.test, heard.of_clip, heard.labels)
    with pytest.raises(ParameterError, match="'fused' needs at least"):
        score_cell(few, Candidate("logmel", "fused"))
