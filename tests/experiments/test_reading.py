from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import soundfile

from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.front_ends import FrontEnds
from offkey.experiments.reading import Readings
from offkey.experiments.tuning.division import cells_of


@pytest.fixture
def cells(weak_faults: pl.DataFrame) -> list[Cell]:
    return cells_of(weak_faults.iter_rows(named=True))[0]


def _readings(cells: list[Cell], rate: int | None = None) -> Readings:
    return Readings(cells, FrontEnds(None, cells, jobs=1), jobs=1, rate=rate)


def test_a_detector_changes_no_reading_and_a_front_end_does(cells: list[Cell]) -> None:
    readings = _readings(cells)
    names = {readings.of(Candidate("logmel", detector), cell).name for detector in ("knn", "gmm") for cell in cells}
    assert len(names) == 1
    assert names.pop().startswith("logmel-")
    others = [
        readings.of(Candidate("logmel", "knn", features_params={"n_mels": 32}), cells[0]),
        readings.of(Candidate("mfcc", "knn"), cells[0]),
        _readings(cells, rate=8000).of(Candidate("logmel", "knn"), cells[0]),
    ]
    assert len({one.name for one in others} | {readings.of(Candidate("logmel", "knn"), cells[0]).name}) == 4


def test_a_default_that_is_spelt_out_is_read_as_the_default(cells: list[Cell]) -> None:
    plain, spelt = Candidate("logmel", "knn"), Candidate("logmel", "knn", features_params={"n_mels": 128})
    assert _readings(cells).of(plain, cells[0]) is not _readings(cells).of(spelt, cells[0])
    assert _readings(cells).of(plain, cells[0]).name == _readings(cells).of(spelt, cells[0]).name


def test_each_cell_is_heard_at_the_rate_of_its_training_clips(cells: list[Cell], hum, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "slow.wav", hum(0, seconds=0.3), 8000)
    slow = Cell("dev", "fan", "04", None, (Clip(tmp_path / "slow.wav", "slow.wav", None, 0, "slow"),), ())
    readings = _readings([*cells, slow])
    assert [readings.rate(cell) for cell in (cells[0], slow)] == [(16_000, []), (8000, [])]
    assert readings.of(Candidate("logmel", "knn"), slow).extractor().rate == 8000
    assert _readings([*cells, slow], rate=4000).rate(slow) == (4000, [])
