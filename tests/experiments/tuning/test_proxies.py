from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import soundfile

from offkey.datasets.proxies import FaultMix
from offkey.datasets.table import make_table
from offkey.errors import DataError
from offkey.experiments.tuning.proxies import divide_with_proxies

RATTLE = FaultMix(("rattle",))


@pytest.fixture(scope="module")
def unlabelled(tmp_path_factory: pytest.TempPathFactory, hum) -> pl.DataFrame:
    """Training clips of two ids, and test clips without labels, one of them no sound at all."""
    folder, rows = tmp_path_factory.mktemp("unlabelled"), []
    for section in ("00", "02"):
        for k in range(20):
            file = folder / f"normal_id_{section}_{k:08d}.wav"
            soundfile.write(file, hum(100 * int(section) + k, seconds=0.6), 16_000)
            rows.append({"file": str(file), "machine": "fan", "section": section, "split": "train", "label": "normal"})
    rows.append({"file": "nothing.wav", "machine": "fan", "section": "00", "split": "test", "part": "eval"})
    return make_table(rows)


def test_faulty_clips_are_made_of_held_out_ones_on_both_sides(unlabelled: pl.DataFrame, tmp_path: Path) -> None:
    division = divide_with_proxies(unlabelled, RATTLE, tmp_path / "proxies")
    (tuning,), (reporting,) = division.tuning, division.reporting
    assert tuning.id != reporting.id
    for cell in (tuning, reporting):
        assert [clip.label for clip in cell.test] == [0] * 6 + [
            1
        ] * 6  # three tenths of twenty, and as many with a fault
        assert len(cell.train) == 14
        assert not set(cell.train) & set(cell.test)
        assert all("rattle" in clip.name and clip.path.is_file() for clip in cell.test[6:])
    assert division.notes[0].startswith("The anomalies are proxies, 0 dB faults mixed into held-out normal clips")


def test_of_one_id_no_clip_and_no_fault_made_of_it_stands_on_both_sides(
    unlabelled: pl.DataFrame, tmp_path: Path
) -> None:
    one_id = unlabelled.filter(pl.col("section") == "02")
    division = divide_with_proxies(one_id, RATTLE, tmp_path / "proxies", report_share=0.5)
    (tuning,), (reporting,) = division.tuning, division.reporting
    origins = [{clip.path.stem.removesuffix("_rattle") for clip in cell.test} for cell in (tuning, reporting)]
    assert not origins[0] & origins[1]
    assert tuning.train == reporting.train
    assert not origins[0] & {clip.path.stem for clip in tuning.train}
    assert [[clip.label for clip in cell.test] for cell in (tuning, reporting)] == [[0, 0, 0, 1, 1, 1]] * 2
    assert "There is one id only (fan 02)" in division.notes[1]
    assert "share the machines and their training clips" in division.notes[2]


def test_clips_without_a_proxy_are_told_of(unlabelled: pl.DataFrame, tmp_path: Path) -> None:
    mix = FaultMix(("rattle", "missing_stroke"))  # a hum has no strokes that could be missing
    division = divide_with_proxies(unlabelled, mix, tmp_path / "proxies")
    assert [sum(clip.label for clip in cell.test) for cell in (*division.tuning, *division.reporting)] == [3, 3]
    assert division.notes[1].startswith("6 held-out clips have no proxy; the first reason: ")
    with pytest.raises(DataError, match="No fault could be mixed into any of 12 held-out clips"):
        divide_with_proxies(unlabelled, FaultMix(("missing_stroke",)), tmp_path / "none")
