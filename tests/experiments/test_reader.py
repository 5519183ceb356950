from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from offkey.errors import AudioError
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.detecting import detect
from offkey.experiments.reader import Reader
from offkey.experiments.tuning.division import cells_of, divide
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
    reader = Reader(16_000, 1, cells)
    neighbours = [Candidate("logmel", "knn", detector_params={"n_neighbors": k}) for k in (1, 2)]
    assert reader.unread(cells, neighbours[0]) == 34
    for candidate in neighbours:
        reader.read(one_id.tuning, candidate)
        reader.read(one_id.reporting, candidate)
    assert len(read) == 34
    assert set(read.values()) == {1}
    assert reader.unread(cells, neighbours[1]) == 0
    reader.read(cells, Candidate("logmel", "knn", features_params={"n_mels": 32}))
    assert set(read.values()) == {2}


def test_a_front_end_that_learns_does_so_once_from_all_cells(weak_faults: pl.DataFrame) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    cells = _cells(weak_faults)
    reader = Reader(16_000, 1, cells)
    params = {"rate": 4000, "seconds": 0.3, "resolutions": [0.064], "width": 1, "n_dims": 4, "epochs": 1}
    one, again = (reader.read([cell], Candidate("discriminative", "knn", features_params=params))[0] for cell in cells)
    assert one.train_rows[0].shape == again.train_rows[0].shape == (14, 8)
    (learnt,) = reader._front_ends._ready.values()
    assert sum(learnt.about_["classes"].values()) == 28
    assert {name[:6] for name in learnt.about_["classes"]} == {"fan 00", "fan 02"}
    assert len(detect(Candidate("discriminative", "knn", features_params=params), one).scores) == 20


def test_a_clip_that_cannot_be_used_is_left_out(weak_faults: pl.DataFrame, tmp_path: Path) -> None:
    cell = _cells(weak_faults)[0]
    bad = _silent(tmp_path / "bad.wav")
    with_bad = replace(cell, train=(*cell.train, bad), test=(bad, *cell.test))
    reader = Reader(16_000, 2, [with_bad])
    (read,) = reader.read([with_bad], Candidate("logmel", "knn"))
    assert list(reader.left_out) == [bad.name]
    assert len(read.train_rows[0]) == 14
    assert read.test_rows[1].tolist() == list(range(1, 21))


def test_too_few_good_clips_are_refused_with_the_reason(tmp_path: Path, weak_faults: pl.DataFrame) -> None:
    cell = _cells(weak_faults)[0]
    anomalies_bad = replace(cell, test=(cell.test[0], _silent(tmp_path / "bad.wav")))
    with pytest.raises(
        AudioError, match=r"Too few clips of fan 00 .* found 14 to train on, 1 normal and 0 anomalous; the"
    ):
        Reader(16_000, 1, [cell]).read([anomalies_bad], Candidate("logmel", "knn"))


def _silent(path: Path) -> Clip:
    soundfile.write(path, np.zeros(4800), 16_000)
    return Clip(path, str(path), None, 1, path.name)
