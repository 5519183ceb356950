from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import DataError
from offkey.evaluation.score_files import read_score_table


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_offkey_style(tmp_path: Path) -> None:
    table = read_score_table(
        write(
            tmp_path / "scores.csv",
            "file,score,p_value,anomalous,error,start_s,end_s",
            "slider/test/anomaly_id_00_00000000.wav,2.5,0.01,1,,,",
            "slider/test/normal_id_02_00000000.wav,0.5,0.7,0,,,",
            "slider/test/normal_id_02_00000001.wav,,,,is empty,,",
        )
    )
    one, other = table.clips
    assert (one.score, one.anomalous, one.machine, one.section, one.domain) == (2.5, 1, "slider", "00", None)
    assert (other.score, other.anomalous, other.section) == (0.5, 0, "02")
    assert table.failed == ["slider/test/normal_id_02_00000001.wav"]
    assert not table.labelled


def test_confidence_is_turned_round(tmp_path: Path) -> None:
    table = read_score_table(write(tmp_path / "scores.csv", "file_id,score", "a,0.9", "b,-3"))
    assert [(clip.file, clip.score) for clip in table.clips] == [("a", -0.9), ("b", 3)]


def test_dcase_style_has_no_header(tmp_path: Path) -> None:
    table = read_score_table(
        write(tmp_path / "scores.csv", "normal_id_00_00000000.wav,1", "anomaly_id_00_00000000.wav,2")
    )
    assert [clip.score for clip in table.clips] == [1, 2]
    assert {(clip.machine, clip.section) for clip in table.clips} == {(None, "00")}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("anomaly_score_pump_id_04.csv", ("pump", "04", None)),
        ("anomaly_score_fan_section_01_target_test.csv", ("fan", "01", "target")),
        ("anomaly_score_fan_section_02_test.csv", ("fan", "02", None)),
        ("anomaly_score_DCASE2023T2bandsaw_section_00_test_seed13711_id(0_)_Eval.csv", ("bandsaw", "00", None)),
    ],
)
def test_official_name_of_the_file_tells_the_place(tmp_path: Path, name: str, place: tuple[str, ...]) -> None:
    (clip,) = read_score_table(write(tmp_path / name, "a.wav,1")).clips
    assert (clip.machine, clip.section, clip.domain) == place


def test_columns_come_in_any_order_and_number(tmp_path: Path) -> None:
    table = read_score_table(
        write(
            tmp_path / "scores.csv",
            "Label,Score,mood,File,machine,section,domain",
            "abnormal,1,good,a.wav,lathe,7,target",
        )
    )
    (clip,) = table.clips
    assert table.labelled
    assert (clip.label, clip.machine, clip.section, clip.domain) == (1, "lathe", "7", "target")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([""], r"scores\.csv is empty"),
        (["file,score"], "has a header but no rows"),
        (["name,value", "a.wav,1"], r"line 1: expected a header with 'file' and 'score' .* found 'name,value'"),
        ([",".join(f"f{n}" for n in range(500))], r"found 'f0,f1,f2,f3,f4,f5,f6,f7 and 492 more'\."),
        (["a.wav,b"], "line 1: expected a header"),
        (["file,score", "a.wav,1,2"], "line 2: expected 2 columns, found 3"),
        (["file,score", "a.wav,1", "b.wav,high"], r"line 3 \(b\.wav\): the score must be a finite number, found high"),
        (["file,score", "a.wav,nan"], "found nan"),
        (["file,score", "a.wav,"], "found nothing, and no error either"),
        (["file,score", ",1"], "line 2: the file is not named"),
        (["file,score,label", "a.wav,1,maybe"], "the column 'label' must be 0 or normal, 1 or anomaly, found 'maybe'"),
        (["file,score,anomalous", "a.wav,1,2"], "the column 'anomalous' must be 0 or 1, found '2'"),
        (["a.wav,1", "b.wav,x"], r"line 2 \(b\.wav\): the score must be a finite number, found x"),
        (["file_id,score", "a,x"], "found x"),
        (["file,score", "a.wav,1", "a.wav,2", "b.wav,1", "b.wav,2"], "2 doubled: a.wav, b.wav"),
    ],
)
def test_malformed_files_are_refused_with_the_row(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_score_table(write(tmp_path / "scores.csv", *lines))
