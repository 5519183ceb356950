from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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
    extract = Extractor.extract
    monkeypatch.setattr(
        Extractor, "extract", lambda self, source: counted.update([str(source)]) or extract(self, source)
    )
    return counted


def _cells(table: pl.DataFrame) -> list[Cell]:
    return cells_of(table.iter_rows(named=True))[0]


def test_a_clip_is_read_once_for_each_front_end(weak_faults: pl.DataFrame, read: Counter[str]) -> None:
    one_id = divide(weak_faults.filter(pl.col("section") == "00"))  # both parts share the training clips
    cells = (*one_id.tuning, *one_id.reporting)
    reader, asked = Reader(cells, jobs=1), []

    def progress(clips: int) -> Callable[[], None]:
        asked.append(clips)
        return lambda: None

    neighbours = [Candidate("logmel", "knn", detector_params={"n_neighbors": k}) for k in (1, 2)]
    for candidate in neighbours:
        reader.read([(candidate, cell) for cell in one_id.tuning], progress)
        reader.read([(candidate, cell) for cell in one_id.reporting], progress)
        for cell in cells:
            assert len(reader.features(candidate, cell).train) == 14
    assert sum(asked) == 34
    assert len(read) == 34
    assert set(read.values()) == {1}
    reader.read([(Candidate("logmel", "knn", features_params={"n_mels": 32}), cell) for cell in cells], progress)
    assert asked[-1] == 34
    assert set(read.values()) == {2}


def test_a_front_end_that_learns_does_so_once_from_all_cells(weak_faults: pl.DataFrame) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    cells = _cells(weak_faults)
    reader = Reader(cells, jobs=1)
    params = {"rate": 4000, "seconds": 0.3, "resolutions": [0.064], "width": 1, "n_dims": 4, "epochs": 1}
    one, again = (reader.features(Candidate("discriminative", "knn", features_params=params), cell) for cell in cells)
    assert one.train_batch.vectors.shape == again.train_batch.vectors.shape == (14, 8)
    (learnt,) = reader.front_ends._ready.values()
    assert sum(learnt.about_["classes"].values()) == 28
    assert {name[:6] for name in learnt.about_["classes"]} == {"fan 00", "fan 02"}
    assert len(detect(Candidate("discriminative", "knn", features_params=params), one).scores) == 20


def test_a_clip_that_cannot_be_used_is_left_out(weak_faults: pl.DataFrame, tmp_path: Path) -> None:
    cell = _cells(weak_faults)[0]
    bad = _silent(tmp_path / "bad.wav")
    with_bad = replace(cell, train=(*cell.train, bad), test=(bad, *cell.test))
    reader = Reader([with_bad], jobs=2)
    read = reader.features(Candidate("logmel", "knn"), with_bad)
    assert list(reader.left_out) == [bad.name]
    assert len(read.train_batch) == 14
    assert read.test_batch.usable_clips.tolist() == list(range(1, 21))


def test_too_few_good_clips_are_refused_with_the_reason(tmp_path: Path, weak_faults: pl.DataFrame) -> None:
    cell = _cells(weak_faults)[0]
    anomalies_bad = replace(cell, test=(cell.test[0], _silent(tmp_path / "bad.wav")))
    with pytest.raises(
        AudioError, match=r"Too few clips of fan 00 .* found 14 to train on, 1 normal and 0 anomalous; the"
    ):
        Reader([cell], jobs=1).features(Candidate("logmel", "knn"), anomalies_bad)


def _silent(path: Path) -> Clip:
    soundfile.write(path, np.zeros(4800), 16_000)
    return Clip(path, str(path), None, 1, path.name)
