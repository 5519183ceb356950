from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from offkey.datasets.readers import read_dataset
from offkey.errors import DataError


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    for mic in (1, 2):
        for k in range(1, 6):
            name = f"110001000{k}_ToyCar_case1_normal_IND_ch{mic}_000{k}.wav"
            touch(tmp_path / "ToyCar" / "case1" / "NormalSound_IND" / name)
        touch(
            tmp_path / "ToyCar" / "case1" / "AnomalousSound_IND" / f"1101010001_ToyCar_case1_ab01_IND_ch{mic}_0001.wav"
        )
        touch(
            tmp_path / "ToyCar" / "case1" / "NormalSound_CNT" / f"1100110001_ToyCar_case1_normal_CNT_ch{mic}_0001.wav"
        )
        touch(tmp_path / "ToyCar" / "EnvironmentalNoise_CNT" / f"N01_CNT_ch{mic}_0001.wav")
    return tmp_path


def touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_toyadmos_is_read(toys: Path) -> None:
    table = read_dataset("toyadmos", toys, train_clips=3)
    assert table.group_by("split", "label", "section", "supplement").len().sort("split", "label").rows() == [
        ("supplemental", None, None, "noise", 1),
        ("supplemental", "normal", "01", None, 1),
        ("test", "anomaly", "01", None, 1),
        ("test", "normal", "01", None, 2),
        ("train", "normal", "01", None, 3),
    ]
    assert set(table["machine"]) == {"ToyCar"}
    assert table.filter(pl.col("label") == "anomaly")["attributes"].to_list() == ["condition_ab01_mic_1"]


def test_all_microphones_of_a_run_stay_together(toys: Path) -> None:
    table = read_dataset("toyadmos", toys, microphone=None, train_clips=3)
    runs = table.filter(pl.col("split") == "train")["file"].str.extract(r"_(\d+)\.wav$")
    assert sorted(runs) == 2 * ["0001"] + 2 * ["0002"] + 2 * ["0003"]
    assert read_dataset("toyadmos", toys)["split"].to_list().count("train") == 5


def test_toyadmos2_is_read_as_its_mixer_writes_it(tmp_path: Path) -> None:
    touch(tmp_path / "ToyCar" / "train" / "section_00_source_train_normal_00001_B1s1.wav")
    touch(tmp_path / "ToyCar" / "source_test" / "section_00_source_test_anomaly_00001.wav")
    table = read_dataset("toyadmos2", tmp_path).sort("split")
    assert table.select("machine", "section", "domain", "split", "label", "attributes").rows() == [
        ("ToyCar", "00", "source", "test", "anomaly", None),
        ("ToyCar", "00", "source", "train", "normal", "B1s1"),
    ]


def test_nothing_found_is_said(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav")
    with pytest.raises(DataError, match=r"No clip of ToyADMOS .* found 1 file such as a.wav"):
        read_dataset("toyadmos", tmp_path)
