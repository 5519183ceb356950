from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell
from offkey.experiments.front_ends import FrontEnds
from offkey.experiments.kept_features import InMemory, InStore, KeptFeatures
from offkey.experiments.reading import Reading, Readings
from offkey.experiments.tuning.division import cells_of
from offkey.work.here import Here


@pytest.fixture
def cell(weak_faults: pl.DataFrame) -> Cell:
    return cells_of(weak_faults.iter_rows(named=True))[0][0]


@pytest.fixture
def reading(cell: Cell) -> Reading:
    return Readings([cell], FrontEnds(None, [cell], jobs=1), jobs=1).of(Candidate("logmel", "knn"), cell)


@pytest.mark.parametrize("where", ["memory", "store", "store by an executor"])
def test_what_was_read_is_not_missing_any_more(where: str, cell: Cell, reading: Reading, tmp_path: Path) -> None:
    executor = Here() if where == "store by an executor" else None
    kept: KeptFeatures = InMemory() if where == "memory" else InStore(str(tmp_path), executor)
    first, twice = cell.train[:3], (*cell.train, *cell.train)
    assert kept.missing(reading, twice) == list(cell.train)
    counted: list[int] = []
    kept.read(reading, first, jobs=1, advance=lambda: counted.append(1))
    assert len(counted) == 3
    assert kept.missing(reading, twice) == list(cell.train[3:])
    loaded = kept.load(reading, first[::-1])
    assert [clip.name for clip in loaded] == [clip.name for clip in first[::-1]]
    expected = reading.extractor().extract_all([clip.path for clip in first[::-1]], jobs=1)
    for ours, theirs in zip(loaded, expected, strict=True):
        np.testing.assert_array_equal(ours.vectors, theirs.vectors)


def test_a_store_is_found_again(cell: Cell, reading: Reading, tmp_path: Path) -> None:
    InStore(str(tmp_path)).read(reading, cell.train, jobs=1, advance=lambda: None)
    again = InStore(str(tmp_path))
    assert again.missing(reading, cell.train) == []
    assert len(again.load(reading, cell.train)) == 14
    folder, places = again.places(reading, cell.clips)
    assert folder == f"{tmp_path}/{reading.name}"
    assert set(places) == {clip.key for clip in cell.train}
