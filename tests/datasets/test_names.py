from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.datasets.editions import machine_types
from offkey.datasets.names import ClipName, parse_name

CASES = [
    # 2020
    (
        "dev_data/slider/train/normal_id_00_00000000.wav",
        ClipName("slider", "00", None, "train", "normal", part="dev"),
    ),
    ("slider/test/anomaly_id_02_00000123.wav", ClipName("slider", "02", None, "test", "anomaly")),
    ("eval_data/ToyCar/test/id_05_00000000.wav", ClipName("ToyCar", "05", None, "test", part="eval")),
    (
        "eval_data/fan/train/normal_id_05_00000000.wav",
        ClipName("fan", "05", None, "train", "normal", part="additional"),
    ),
    # 2021
    (
        "fan/train/section_00_source_train_normal_0000_strength_1_ambient.wav",
        ClipName("fan", "00", "source", "train", "normal", "strength_1_ambient"),
    ),
    (
        "fan/target_test/section_00_target_test_anomaly_0007.wav",
        ClipName("fan", "00", "target", "test", "anomaly"),
    ),
    ("fan/source_test/section_03_source_test_0000.wav", ClipName("fan", "03", "source", "test")),
    ("fan/source_test/section_03_0000.wav", ClipName("fan", "03", "source", "test")),
    # 2022
    (
        "bearing/test/section_00_target_test_normal_0000_vel_6.wav",
        ClipName("bearing", "00", "target", "test", "normal", "vel_6"),
    ),
    ("bearing/test/section_03_test_0000.wav", ClipName("bearing", "03", None, "test")),
    # 2023 to 2025
    (
        "/data/dcase/eval_data/raw/Vacuum/test/section_00_0005.wav",
        ClipName("Vacuum", "00", None, "test", part="eval"),
    ),
    (
        "dev_data/raw/ToyTrain/train/section_00_source_train_normal_0033_noAttribute.wav",
        ClipName("ToyTrain", "00", "source", "train", "normal", "noAttribute", part="dev"),
    ),
    (
        "section_00_source_normal_0035_weight15_BckgF.wav",
        ClipName(None, "00", "source", None, "normal", "weight15_BckgF"),
    ),
    (
        "section_00_target_test_anomaly_0001_mdl_B_spd_2",
        ClipName(None, "00", "target", "test", "anomaly", "mdl_B_spd_2"),
    ),
    (
        "ToyPet/supplemental/section_00_machine_0001_.wav",
        ClipName("ToyPet", "00", None, "supplemental", supplement="machine"),
    ),
    (
        "fan/supplemental/section_00_noise_supplemental_normal_0000.wav",
        ClipName("fan", "00", None, "supplemental", supplement="noise"),
    ),
    (
        "fan/supplemental/section_00_source_supplemental_machine_0000.wav",
        ClipName("fan", "00", "source", "supplemental", supplement="machine"),
    ),
    (
        "bearing/supplemental/section_00_machine_source_0000_noAttribute.wav",
        ClipName("bearing", "00", "source", "supplemental", None, "noAttribute", supplement="machine"),
    ),
    # mixed from ToyADMOS2
    (
        "ToyCar/train/section_00_source_train_normal_00001_B1s1.wav",
        ClipName("ToyCar", "00", "source", "train", "normal", "B1s1"),
    ),
    # 2026
    (
        "ToyCarEmu/train/section_00_source_train_normal_0000_.wav",
        ClipName("ToyCarEmu", "00", "source", "train", "normal"),
    ),
    # a machine type that is new
    (
        "FutureMachine/train/section_00_source_train_normal_0000_a_1.wav",
        ClipName("FutureMachine", "00", "source", "train", "normal", "a_1"),
    ),
    # MIMII
    ("mimii/6dB/fan/id_00/normal/00000000.wav", ClipName("fan", "00", label="normal", snr_db=6.0)),
    ("min6dB/valve/id_06/abnormal/00000001.wav", ClipName("valve", "06", label="anomaly", snr_db=-6.0)),
    ("-6_dB_pump/pump/id_02/abnormal/00000001.wav", ClipName("pump", "02", label="anomaly", snr_db=-6.0)),
    ("press/id_02/abnormal/00000001.wav", ClipName("press", "02", label="anomaly")),
    # plain folders
    ("normal/monday.wav", ClipName(label="normal")),
    ("line 3/test/abnormal/monday.flac", ClipName(split="test", label="anomaly")),
    ("fan/anomaly/monday.flac", ClipName("fan", label="anomaly")),
    # nothing told, nothing guessed
    ("fantastic/monday.wav", ClipName()),
    ("fantastic/normal/monday.wav", ClipName(label="normal")),
    ("abnormality/normally.wav", ClipName()),
    ("/home/test/anomaly/project/monday.wav", ClipName()),
    ("/home/test/fan/normal/monday.wav", ClipName("fan", label="normal")),
    ("raw/train/section_00_source_train_normal_0000.wav", ClipName(None, "00", "source", "train", "normal")),
    ("recordings/section_00_0001.wav", ClipName(None, "00")),
    ("../train/normal_id_00_00000000.wav", ClipName(None, "00", None, "train", "normal")),
    ("normal_id_0_00000000.wav", ClipName()),
    ("section_00.wav", ClipName()),
    ("section_00_source_target_0001.wav", ClipName(None, "00")),
    ("normal.wav", ClipName()),
    ("", ClipName()),
]


@pytest.mark.parametrize(("path", "expected"), CASES, ids=[path for path, _ in CASES])
def test_path_tells_what_it_tells(path: str, expected: ClipName) -> None:
    assert parse_name(path) == expected


@pytest.mark.parametrize(("path", "expected"), CASES, ids=[path for path, _ in CASES])
def test_windows_separators_tell_the_same(path: str, expected: ClipName) -> None:
    assert parse_name(path.replace("/", "\\")) == expected


def test_drive_is_no_machine() -> None:
    path = PureWindowsPath(r"C:\train\section_00_source_train_normal_0000.wav")
    assert parse_name(path) == ClipName(None, "00", "source", "train", "normal")


def test_case_does_not_matter() -> None:
    assert parse_name("DEV_DATA/SLIDER/Train/Normal_ID_00_00000000.WAV") == ClipName(
        "slider", "00", None, "train", "normal", part="dev"
    )
    assert parse_name("toycar/Test/Section_00_Target_Test_Anomaly_0001_Vel_6.Wav") == ClipName(
        "ToyCar", "00", "target", "test", "anomaly", "Vel_6"
    )


def test_file_name_has_the_last_word() -> None:
    told = parse_name("fan/train/normal/section_00_target_test_anomaly_0001.wav")
    assert (told.domain, told.split, told.label) == ("target", "test", "anomaly")


def test_under_a_root_all_folders_count_and_none_above() -> None:
    path = Path("/home/anomaly/set/normal/2024/monday/a.wav")
    assert parse_name(path) == ClipName()
    assert parse_name(path, root="/home/anomaly/set") == ClipName(label="normal")
    assert parse_name("/x/train/fan/normal/a.wav", root="/x") == ClipName("fan", split="train", label="normal")


@pytest.mark.parametrize("machine", machine_types().values())
def test_machine_folder_is_matched_whole(machine: str) -> None:
    assert parse_name(f"{machine}/normal/a.wav").machine == machine
    assert parse_name(f"{machine}s/normal/a.wav").machine is None


@given(st.text(max_size=60))
def test_any_text_is_parsed(text: str) -> None:
    told = parse_name(text)
    assert told.label in (None, "normal", "anomaly")
    assert told.domain in (None, "source", "target")
    assert told.split in (None, "train", "test", "supplemental")


def test_import_is_light() -> None:
    code = "import sys, offkey.datasets.names; sys.exit(int(bool({'polars', 'numpy'} & set(sys.modules))))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
