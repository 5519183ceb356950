from __future__ import annotations

import io
from pathlib import Path

import pytest

from offkey.errors import DataError
from offkey.learned.identify import Identification
from offkey.learned.identify.evaluation import evaluate_types, read_true_types, read_types
from offkey.learned.identify.score_table import write_types


def _found(file: str, called: str, fan: float) -> Identification:
    return Identification(file, called, max(fan, 1 - fan), {"fan": fan, "pump": 1 - fan}, 0.5)


FOUND = [
    _found("a/fan/0.wav", "fan", 0.9),
    _found("a/fan/1.wav", "unknown", 0.6),
    _found("a/pump/0.wav", "fan", 0.8),
    _found("valve/id_00/normal/0.wav", "unknown", 0.7),
    Identification("a/fan/2.wav", error="too short."),
]


def test_unknown_is_wrong_for_known_types_and_right_for_others() -> None:
    report = evaluate_types(FOUND, {})
    assert report.figures.labels == ["fan", "pump", "unknown"]
    assert report.figures.matrix == [[1, 0, 1], [1, 0, 0], [0, 0, 1]]
    assert report.figures.accuracy == 0.5
    assert report.called_unknown == {"of_known": pytest.approx(1 / 3), "of_foreign": 1.0}
    assert report.likeliest is not None
    assert report.likeliest.accuracy == pytest.approx(2 / 3)
    assert (report.n_clips, report.n_errors) == (4, 1)


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    text = io.StringIO()
    write_types(FOUND, ["fan", "pump"], text)
    (tmp_path / "t.csv").write_text(text.getvalue())
    assert evaluate_types(read_types(tmp_path / "t.csv"), {}).to_json() == evaluate_types(FOUND, {}).to_json()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must have the columns file, machine_type, probability; found nothing"),
        ("file,score\na.wav,1\n", "must have the columns"),
        ("file,machine_type,probability,fan,pump\n", "has no rows below its header"),
        ("file,machine_type,probability,fan\na.wav,fan,1,1\n", "no column of probabilities"),
        ("file,machine_type,probability,fan,pump\na.wav,fan,1,2,0\n", "line 2: found '2' as 'fan'"),
        ("file,machine_type,probability,fan,pump\na.wav,,1,1,0\n", "line 2: found '' as 'machine_type'"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        read_types(tmp_path / "t.csv")


def test_every_clip_needs_a_truth(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"No folder, name or table gives the machine type of b\.wav: expected a folder named by it"
    ):
        evaluate_types([_found("b.wav", "fan", 0.9)], {})
    with pytest.raises(DataError, match="the labels hold no row of that file"):
        evaluate_types([_found("b.wav", "fan", 0.9)], {"c.wav": "fan"})
    with pytest.raises(DataError, match="all 1 rows have an error"):
        evaluate_types(FOUND[-1:], {})
    (tmp_path / "l.csv").write_text("file,machine_type\nb.wav,\n")
    with pytest.raises(DataError, match=r"line 2: the machine type of b\.wav is empty"):
        read_true_types(tmp_path / "l.csv")
