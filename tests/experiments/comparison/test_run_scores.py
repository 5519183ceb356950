from __future__ import annotations

import json
from pathlib import Path

import pytest

from offkey.errors import DataError
from offkey.experiments.comparison.run_scores import read_runs
from offkey.experiments.system import LabelledScore

HEADER = "file,score,p_value,anomalous,error,part,machine,section,snr_db,domain,label\n"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run written by hand."""
    content = {
        "form": 1,
        "complete": True,
        "dataset": "mimii",
        "edition": None,
        "groups": [],
        "combinations": [{"combination": "one"}, {"combination": "two"}],
    }
    (tmp_path / "scores").mkdir()
    (tmp_path / "run.json").write_text(json.dumps(content))
    rows = [
        "0dB/fan/id_00/normal/0.wav,1.5,0.1,0,,dev,fan,00,0.0,,0",
        "0dB/fan/id_00/abnormal/0.wav,2.5,0.1,1,,dev,fan,00,0.0,,1",
        "6dB/fan/id_00/normal/0.wav,,,,is silent,dev,fan,00,6.0,,",
    ]
    for name in ("one", "two"):
        (tmp_path / "scores" / f"{name}.csv").write_text(HEADER + "\n".join(rows) + "\n")
    return tmp_path


def test_clips_are_named_by_their_path_where_there_is_no_edition(run: Path) -> None:
    scores = read_runs([run])
    assert [system.name for system in scores.systems] == ["one", "two"]
    assert scores.systems[0].cells == {
        ("dev", "fan", "00", 0.0): {
            "0dB/fan/id_00/normal/0.wav": LabelledScore(1.5, 0, ""),
            "0dB/fan/id_00/abnormal/0.wav": LabelledScore(2.5, 1, ""),
        },
        ("dev", "fan", "00", 6.0): {"6dB/fan/id_00/normal/0.wav": LabelledScore(None, None, "")},
    }


def test_in_an_edition_they_are_named_by_their_file_which_must_be_one(run: Path) -> None:
    content = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(content | {"dataset": "dcase2020", "edition": 2020}))
    with pytest.raises(DataError, match=r"line 3: the clip 0\.wav of fan 00 at 0 dB \(dev\) is there twice"):
        read_runs([run])


def test_a_score_or_label_that_is_none_is_refused(run: Path) -> None:
    path = run / "scores" / "two.csv"
    path.write_text(HEADER + "a.wav,1,0.1,0,,dev,fan,00,0.0,,normal\n")
    with pytest.raises(DataError, match=r"two\.csv, line 2 is not as 'offkey benchmark' writes it"):
        read_runs([run])
