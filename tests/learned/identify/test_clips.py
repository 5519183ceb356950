from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from offkey.errors import DataError
from offkey.learned.identify import read_clips


def _write(path: Path, hum) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, hum(1, seconds=0.3), 16_000)


@pytest.mark.parametrize(
    ("path", "machine", "ident"),
    [
        ("fan/a.wav", "fan", None),
        ("press/a.wav", "press", None),
        ("press/hall 3/a.wav", "press", "hall 3"),
        ("fan/id_02/normal/0.wav", "fan", "02"),
        ("6dB/fan/id_02/abnormal/0.wav", "fan", "02"),
        ("fan/train/normal_id_04_00000000.wav", "fan", "04"),
        ("dev_data/fan/train/section_01_source_train_normal_0000_vel_6.wav", "fan", "01"),
        ("line 3/press/id_00/0.wav", "press", "line 3/00"),
        ("normal/press/a.wav", "press", None),
    ],
)
def test_folders_and_names_tell_type_and_id(tmp_path: Path, hum, path: str, machine: str, ident: str | None) -> None:
    _write(tmp_path / path, hum)
    (clip,) = read_clips(tmp_path).clips
    assert (clip.machine_type, clip.ident) == (machine, ident)


def test_what_tells_no_type_is_left_out_with_a_reason(tmp_path: Path, hum) -> None:
    _write(tmp_path / "fan" / "a.wav", hum)
    _write(tmp_path / "b.wav", hum)
    found = read_clips(tmp_path)
    assert [clip.path.name for clip in found.clips] == ["a.wav"]
    ((name, reason),) = found.left_out
    assert name.endswith("b.wav")
    assert "names a machine type: expected" in reason
    with pytest.raises(DataError, match="No clip of pump with a machine type was found"):
        read_clips(tmp_path, machines=["pump"])


def test_training_clips_are_learnt_from_where_a_type_has_them(tmp_path: Path, hum) -> None:
    for path in ("fan/train/a.wav", "fan/test/b.wav", "press/c.wav"):
        _write(tmp_path / path, hum)
    assert sorted(clip.path.name for clip in read_clips(tmp_path).to_learn().clips) == ["a.wav", "c.wav"]


def test_clips_that_are_called_anomalous_are_not_learnt_from_and_named(tmp_path: Path, hum) -> None:
    for path in ("fan/normal/a.wav", "fan/NG/b.wav", "pump/c_abnormal.wav", "pump/d.wav"):
        _write(tmp_path / path, hum)
    found = read_clips(tmp_path).to_learn()
    assert sorted(clip.path.name for clip in found.clips) == ["a.wav", "d.wav"]
    assert sorted(reason for _, reason in found.left_out) == [
        "its folder 'NG' calls it anomalous",
        "its name calls it anomalous",
    ]
    table = tmp_path / "clips.csv"
    table.write_text("file,machine,label\nfan/normal/a.wav,fan,NG\nfan/NG/b.wav,fan,ok\n")
    (kept,) = read_clips(table, dataset="table").to_learn().clips
    assert kept.path.name == "b.wav"
    table.write_text("file,machine,label\nfan/NG/b.wav,fan,NG\n")
    with pytest.raises(DataError, match="All 1 clips are called anomalous"):
        read_clips(table, dataset="table").to_learn()


def test_the_layouts_of_the_editions_are_read(tiny_edition) -> None:
    clips = read_clips(tiny_edition(2020), dataset="dcase2020").clips
    assert {(clip.machine_type, clip.ident) for clip in clips} == {("fan", f"0{k}") for k in range(4)}
