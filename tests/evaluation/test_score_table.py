from __future__ import annotations

import pytest

from offkey.errors import DataError
from offkey.evaluation.score_table import table_from_columns


def test_windows_of_a_recording_are_joined_by_the_highest() -> None:
    table = table_from_columns(
        {
            "file": ["long.wav", "long.wav", "long.wav", "short.wav"],
            "score": [1.0, 3.0, None, 2.0],
            "anomalous": [0, 1, None, 0],
            "error": [None, None, "is silent", None],
            "start_s": [0.0, 10.0, 20.0, None],
        }
    )
    assert [(clip.file, clip.score, clip.anomalous) for clip in table.clips] == [
        ("long.wav", 3.0, 1),
        ("short.wav", 2.0, 0),
    ]
    assert table.failed == ["long.wav"]


def test_the_same_window_twice_is_refused() -> None:
    with pytest.raises(DataError, match=r"the table has 1 doubled: a\.wav"):
        table_from_columns({"file": ["a.wav"] * 2, "score": [1, 2], "start_s": [0.0, 0.0]})


def test_windows_that_disagree_are_refused() -> None:
    with pytest.raises(DataError, match=r"The windows of a\.wav differ in label: 0, 1"):
        table_from_columns({"file": ["a.wav"] * 2, "score": [1, 2], "start_s": [0, 10], "label": [0, 1]})


def test_columns_have_the_last_word_over_names() -> None:
    name = "fan/test/section_01_target_test_normal_0000.wav"
    (clip,) = table_from_columns({"file": [name], "score": [1]}).clips
    assert (clip.machine, clip.section, clip.domain) == ("fan", "01", "target")
    (clip,) = table_from_columns({"file": [name], "score": [1], "machine": ["pump"], "domain": [None]}).clips
    assert (clip.machine, clip.section, clip.domain) == ("pump", "01", None)


def test_columns_of_a_data_frame() -> None:
    import polars as pl

    frame = pl.DataFrame({"file": ["a.wav", "b.wav"], "score": [1.5, float("nan")], "error": [None, "is empty"]})
    table = table_from_columns(frame.to_dict(as_series=False))
    assert [clip.score for clip in table.clips] == [1.5]
    assert table.failed == ["b.wav"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"file": ["a.wav"]}, "lacks score"),
        ({}, "lacks file and score"),
        ({"file": [], "score": []}, "has no rows"),
        ({"file": ["a.wav"], "score": [1, 2]}, r"must have one length, but have \{'file': 1, 'score': 2\}"),
        ({"file": ["a.wav", "b.wav"], "score": [1, None]}, r"the table, row 2 \(b\.wav\): the score must be"),
    ],
)
def test_malformed_columns_are_refused(columns: dict[str, list[object]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        table_from_columns(columns)
