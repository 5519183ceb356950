from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.errors import ParameterError, UsageError
from offkey.synthetic import Counts, Plant, write_dataset
from offkey.synthetic.dataset import TRUTH_COLUMNS

PLANT = Plant(0, rate=8_000, duration_s=2.0)
COUNTS = Counts(train=3, train_target=1, test_normal=2, test_anomaly=6, target_share=0.5)


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_dcase2020_layout_and_truth(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    truth = write_dataset(
        tmp_path / "plant",
        PLANT,
        of=["fan", "slider"],
        machine_ids=(0, 4),
        counts=COUNTS,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert truth == tmp_path / "plant" / "truth.csv"
    rows = rows_of(truth)
    assert tuple(rows[0]) == TRUTH_COLUMNS
    assert seen == [(k + 1, 48) for k in range(48)]
    on_disk = {path.relative_to(truth.parent).as_posix() for path in truth.parent.rglob("*") if path.is_file()}
    assert on_disk == {row["file"] for row in rows} | {"truth.csv"}
    assert "slider/train/normal_id_04_00000003.wav" in on_disk
    assert "fan/test/anomaly_id_00_00000005.wav" in on_disk
    assert {row["label"] for row in rows if "/train/" in row["file"]} == {"normal"}


def test_a_row_tells_the_truth_about_its_file(tmp_path: Path) -> None:
    truth = write_dataset(tmp_path, PLANT, of=["slider"], counts=COUNTS)
    for row in rows_of(truth):
        samples, rate = soundfile.read(truth.parent / row["file"], dtype="float32")
        assert (rate, samples.shape) == (8_000, (16_000,))
        assert soundfile.info(truth.parent / row["file"]).subtype == "PCM_16"
        assert (row["machine"], row["id"]) == ("slider", "00")
        if row["label"] == "normal":
            assert [row[name] for name in TRUTH_COLUMNS[6:]] == [""] * 6
            continue
        assert 0.5 <= float(row["severity"]) <= 1.0
        starts, ends = ([float(part) for part in row[name].split()] for name in ("start_s", "end_s"))
        assert len(starts) == len(ends) >= 1
        assert all(0.0 <= start < end <= 2.0 for start, end in zip(starts, ends, strict=True))
        assert 0.0 < float(row["low_hz"]) < float(row["high_hz"]) <= 4_000.0


def test_files_hold_the_clips_of_the_plant(tmp_path: Path) -> None:
    truth = write_dataset(tmp_path, PLANT, of=["valve"], counts=COUNTS)
    samples, _ = soundfile.read(truth.parent / "valve/train/normal_id_00_00000001.wav", dtype="float32")
    assert np.abs(samples - PLANT.clip("valve", 0, 1).samples).max() < 1e-4


def test_dcase2023_layout(tmp_path: Path) -> None:
    truth = write_dataset(tmp_path, PLANT, of=["pump"], machine_ids=(0, 1), counts=COUNTS, layout="dcase2023")
    rows = rows_of(truth)
    names = [Path(row["file"]).name for row in rows if row["id"] == "01"]
    assert len(names) == len(set(names)) == 12
    assert [name for name in names if "_target_train_" in name] == [
        name for name in names if name.startswith("section_01_target_train_normal_0000_load_")
    ]
    for row in rows:
        assert f"_{row['domain']}_" in row["file"]
        assert row["file"].endswith(f"_load_{round(100 * float(row['load']))}.wav")
    attributes = rows_of(tmp_path / "pump" / "attributes_01.csv")
    assert [row["file_name"] for row in attributes] == [row["file"] for row in rows if row["id"] == "01"]
    assert {row["d1p"] for row in attributes} == {"load"}


def test_jobs_change_nothing(tmp_path: Path) -> None:
    one, two = (write_dataset(tmp_path / str(jobs), PLANT, of=["fan"], counts=COUNTS, jobs=jobs) for jobs in (1, 2))
    assert one.read_bytes() == two.read_bytes()
    for row in rows_of(one):
        assert (one.parent / row["file"]).read_bytes() == (two.parent / row["file"]).read_bytes()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        write_dataset(tmp_path, PLANT, of=["fan"], counts=COUNTS)
    with pytest.raises(UsageError, match="not an empty folder"):
        write_dataset(tmp_path / "notes.txt", PLANT, of=["fan"], counts=COUNTS)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_stopping_leaves_whole_files_only(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_dataset(tmp_path / "plant", PLANT, of=["fan"], counts=COUNTS, progress=stop, jobs=2)
    files = [path for path in (tmp_path / "plant").rglob("*") if path.is_file()]
    assert 4 <= len(files) < 12
    assert all(soundfile.info(path).frames == 16_000 for path in files)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"of": ["lathe"]}, "'of' must be"),
        ({"of": ["fan", "fan"]}, "anything twice"),
        ({"machine_ids": (100,)}, "'machine_ids' must be"),
        ({"counts": Counts(train=-1)}, "'counts.train' must be"),
        ({"counts": Counts(target_share=2.0)}, "'counts.target_share' must be"),
        ({"severity": (0.9, 0.1)}, "lower and an upper"),
        ({"severity": (0.0, 0.1)}, "'severity' must be"),
        ({"layout": "mimii"}, "'layout' must be one of 'dcase2020', 'dcase2023'"),
        ({"jobs": 0}, "'jobs' must be"),
    ],
)
def test_wrong_arguments_are_refused(tmp_path: Path, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        write_dataset(tmp_path, PLANT, **arguments)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
