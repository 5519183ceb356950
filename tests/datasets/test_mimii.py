from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from offkey.datasets.readers import read_dataset
from offkey.errors import DataError


@pytest.fixture
def mimii(tmp_path: Path) -> Callable[..., Path]:
    def make(snr: str = "6dB", machine: str = "fan", *, normal: int = 7, abnormal: int = 3) -> Path:
        for label, n in (("normal", normal), ("abnormal", abnormal)):
            folder = tmp_path / snr / machine / "id_00" / label
            folder.mkdir(parents=True)
            for k in range(n):
                (folder / f"{k:08d}.wav").touch()
        return tmp_path

    return make


def test_split_is_the_authors_own(mimii: Callable[..., Path]) -> None:
    table = read_dataset("mimii", mimii())
    told = {(row["label"], Path(row["file"]).name): row["split"] for row in table.iter_rows(named=True)}
    assert {split for (label, _), split in told.items() if label == "anomaly"} == {"test"}
    assert [told["normal", f"{k:08d}.wav"] for k in range(7)] == 3 * ["test"] + 4 * ["train"]
    assert set(table.select("machine", "section", "snr_db", "channel").iter_rows()) == {("fan", "00", 6.0, 0)}


def test_every_snr_is_split_by_itself(mimii: Callable[..., Path]) -> None:
    mimii("6dB")
    mimii("-6_dB_pump", "pump", abnormal=2)
    table = read_dataset("mimii", mimii("0dB", "press", normal=1, abnormal=2))
    tests = table.filter(pl.col("split") == "test").group_by("snr_db", "machine").len().sort("snr_db")
    assert tests.rows() == [(-6.0, "pump", 4), (0.0, "press", 3), (6.0, "fan", 6)]
    assert set(read_dataset("mimii", mimii("x"), machines=["pump"])["machine"]) == {"pump"}


@pytest.mark.parametrize("below", ["6dB", "6dB/fan", "6dB/fan/id_00"])
def test_root_may_lie_deeper(mimii: Callable[..., Path], below: str) -> None:
    table = read_dataset("mimii", mimii() / below)
    assert set(table.select("machine", "section", "snr_db").iter_rows()) == {("fan", "00", 6.0)}


def test_nothing_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "fan" / "normal").mkdir(parents=True)
    with pytest.raises(DataError, match=r"expected 6dB/fan/id_00/normal/00000000.wav; found the folders fan/"):
        read_dataset("mimii", tmp_path)
