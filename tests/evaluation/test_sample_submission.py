from __future__ import annotations

import io
from pathlib import Path

import pytest

from offkey.errors import DataError
from offkey.evaluation.sample_submission import read_sample


def sample(folder: Path, text: str) -> Path:
    path = folder / "sample.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file_id,score\nb,0\na.wav,0\n", "file_id,score\nb,2.0\na.wav,1.0\n"),
        ("Id,machine,Confidence\nb,fan,0\na,fan,\n", "Id,machine,Confidence\nb,fan,2.0\na,fan,1.0\n"),
        ("score,file\n0,x/b.wav\n0,x/a.wav\n", "score,file\n2.0,x/b.wav\n1.0,x/a.wav\n"),
        ("name;normality\nb;0\na;0\n", "name,normality\nb,2.0\na,1.0\n"),
    ],
)
def test_ids_order_and_columns_stay(tmp_path: Path, text: str, expected: str) -> None:
    found = read_sample(sample(tmp_path, text))
    matched = found.match(["data/x/a.wav", "data/x/b.wav", "data/x/c.wav"])
    out = io.StringIO()
    scores = {one: {"a": 1.0, "b": 2.0}[Path(file).stem] for one, file in matched.items()}
    assert found.write(scores, out) == []
    assert out.getvalue() == expected


def test_an_id_without_a_score_gets_the_median_of_the_others(tmp_path: Path) -> None:
    found = read_sample(sample(tmp_path, "file_id,score\na,0\nb,0\nc,0\nd,0\n"))
    out = io.StringIO()
    assert found.write({"a": 1.0, "c": 5.0, "d": 2.0}, out) == ["b"]
    assert out.getvalue().splitlines()[2] == "b,2.0"
    with pytest.raises(DataError, match=r"No clip of .* could be scored"):
        found.write({}, out)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must have a header of two columns"),
        ("file_id,score\n", "and one row per id"),
        ("file_id,x,y\na,1,2\n", "must name the column of scores"),
        ("file_id,score\na,1\na,2\n", "line 3: the id a is listed twice"),
        ("file_id,score\n,1\n", "line 2: expected an id"),
        ("file_id,score\nz,1\n", r"None of the 1 ids of .*, such as z, is that of a clip \(data/x/a.wav"),
        ("file_id,score\na,1\nx/a.wav,1\n", r"with a clip that another id has already: 1 ids \(x/a.wav\)"),
        ("file_id,score\nd,1\n", r"with more than one clip that fits: 1 ids \(d\)"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_sample(sample(tmp_path, text)).match(["data/x/a.wav", "data/y/d.wav", "data/z/d.wav"])
