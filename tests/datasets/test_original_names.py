from __future__ import annotations

from pathlib import Path

import pytest

from offkey.datasets.ground_truth import Truth, read_ground_truth
from offkey.datasets.original_names import read_original_names
from offkey.errors import DataError

TRUTHS = {("fan", "00"): {"section_00_0000.wav": Truth(1, "source"), "section_00_0001.wav": Truth(0, "target")}}
NAMES = {
    ("fan", "00"): {
        "section_00_source_test_anomaly_0003_vel_15.wav": "section_00_0000.wav",
        "section_00_target_test_normal_0004_vel_16.wav": "section_00_0001.wav",
    }
}


def test_names_from_attributes(tmp_path: Path) -> None:
    folder = tmp_path / "ground_truth_attributes"
    folder.mkdir()
    (folder / "ground_truth_fan_section_00_test.csv").write_text(
        "section_00_0000.wav,section_00_source_test_anomaly_0003_vel_15\n"
        "section_00_0001.wav,section_00_target_test_normal_0004_vel_16,later revealed\n"
    )
    assert read_original_names(tmp_path, TRUTHS) == NAMES
    (tmp_path / "ground_truth_data").mkdir()
    assert read_original_names(tmp_path / "ground_truth_data", TRUTHS) == NAMES


def test_names_from_a_list(tmp_path: Path) -> None:
    file = tmp_path / "eval_data_list_2025.csv"
    file.write_text(
        "fan\nsection_00_0000.wav,section_00_source_test_anomaly_0003_vel_15.wav\n"
        "section_00_0001.wav,section_00_target_test_normal_0004_vel_16.wav\n"
    )
    assert read_original_names(file, TRUTHS) == read_original_names(tmp_path, TRUTHS) == NAMES


def test_names_that_the_truth_contradicts_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "fan\nsection_00_0000.wav,section_00_source_test_normal_0003.wav\n"
        "section_00_0001.wav,section_00_source_test_normal_0004.wav\n"
        "section_00_0002.wav,section_00_source_test_normal_0005.wav\n"
    )
    assert read_original_names(file, TRUTHS) == {}


def test_nothing_beside_the_truth_means_no_names(tmp_path: Path) -> None:
    assert read_original_names(tmp_path, TRUTHS) == {}


def test_unreadable_list_is_named(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"fan\n\xff,")
    with pytest.raises(DataError, match=r"list\.csv is no CSV file"):
        read_original_names(file, TRUTHS)


@pytest.mark.parametrize(
    ("year", "n"), [(2020, 7103), (2021, 8635), (2022, 0), (2023, 1400), (2024, 1800), (2025, 1600)]
)
def test_every_evaluation_clip_but_those_of_2022(shared_data: Path, year: int, n: int) -> None:
    folder = shared_data / "ground_truth" / f"dcase{year}"
    names = read_original_names(folder, read_ground_truth(folder))
    assert sum(map(len, names.values())) == n
