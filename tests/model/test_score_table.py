from __future__ import annotations

import io
from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.model.result import Failed, Scored
from offkey.model.score_table import check_names, write_scores

RESULTS = [
    Scored("a/one.wav", 0.0, 10.0, 1.25, 0.5, False),
    Scored("a/long.wav", 0.0, 10.0, 2.0, 0.25, False),
    Scored("a/long.wav", 10.0, 20.0, 3.5, 0.01, True),
    Failed("a/bad.wav", None, None, error="a/bad.wav is empty, really."),
]


def _written(style: str) -> list[str]:
    file = io.StringIO()
    write_scores(RESULTS, file, style)
    return file.getvalue().splitlines()


def test_own_form_has_all_columns_and_rows() -> None:
    assert _written("offkey") == [
        "file,score,p_value,anomalous,error,start_s,end_s",
        "a/one.wav,1.25,0.5,0,,0.0,10.0",
        "a/long.wav,2.0,0.25,0,,0.0,10.0",
        "a/long.wav,3.5,0.01,1,,10.0,20.0",
        'a/bad.wav,,,,"a/bad.wav is empty, really.",,',
    ]


def test_confidence_is_turned_round_and_has_names_without_ending() -> None:
    assert _written("confidence") == ["file_id,score", "one,-1.25", "long,-3.5"]


def test_dcase_has_no_header() -> None:
    assert _written("dcase") == ["one.wav,1.25", "long.wav,3.5"]


def test_clips_that_would_get_one_name_are_refused() -> None:
    files = [Path("a/x.wav"), Path("b/x.wav"), Path("b/x.flac")]
    check_names(files, "offkey")
    with pytest.raises(UsageError, match=r"a/x\.wav and b/x\.wav would both be 'x\.wav'"):
        check_names(files, "dcase")
    with pytest.raises(UsageError, match="would both be 'x'"):
        check_names(files[1:], "confidence")


def test_people_see_as_many_digits_as_say_something() -> None:
    file = io.StringIO()
    long = [Scored("a.wav", 0.0, 10.0, 0.9704666978518027, 1 / 61, False), *RESULTS[3:]]
    write_scores(long, file, digits=5)
    assert file.getvalue().splitlines()[1:] == [
        "a.wav,0.97047,0.016393,0,,0.0,10.0",
        'a/bad.wav,,,,"a/bad.wav is empty, really.",,',
    ]
