"""Names that are not UTF-8, and others that break tables and terminals, go through every command and come back."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import pytest
import soundfile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="file systems that take any bytes as a name")

NORMAL = ["ポンプ.wav".encode("shift_jis"), b"cr\rname.wav", b'q"uote.wav', b" lead.wav", b"\\x83.wav"]
NORMAL += [b"esc\x1b[31m.wav"]
ANOMALOUS = ["能.wav".encode("shift_jis"), b"lf\nname.wav", b"co,m;ma.wav", b"=1+1.wav", b"a\xe9\\x41.wav"]
ANOMALOUS += ["ü.wav".encode()]


@pytest.fixture
def place(tmp_path: Path, hum, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a folder ``t`` of normal and anomalous clips of such names."""
    monkeypatch.chdir(tmp_path)
    for label, names in (("normal", NORMAL), ("anomaly", ANOMALOUS)):
        folder = Path("t", label)
        folder.mkdir(parents=True)
        for number, name in enumerate(names):
            tone_hz = 3000 if label == "anomaly" else None
            with (folder / os.fsdecode(name)).open("wb") as file:
                soundfile.write(file, hum(number + 100, tone_hz=tone_hz), 16_000, format="WAV")
    return tmp_path


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_scores_are_read_again_by_every_command(run, model_file: Path, place: Path) -> None:
    assert run("score", model_file, "t", "--out", "s.csv").status == 0
    assert len(rows("s.csv")) == 12
    assert run("score", model_file, "s.csv", "--out", "again.csv").status == 0
    assert Path("again.csv").read_bytes() == Path("s.csv").read_bytes()
    report = run("evaluate", "s.csv", "--resamples", 20, "--json").json
    assert (report["n_normal"], report["n_anomalous"], report["n_unlabelled"], report["auc"]) == (6, 6, 0, 1.0)
    with Path("l.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "label"), *((row["file"], row["anomalous"]) for row in rows("s.csv"))])
    report = run("evaluate", "s.csv", "--labels", "l.csv", "--resamples", 20, "--json").json
    assert report["n_normal"] + report["n_anomalous"] == 12
    ran = run("report", "s.csv", "--model", model_file, "--out", "r.html", "--top", 1, "--json")
    assert (ran.json["clips"], ran.json["explained"]) == (12, 1)


def test_data_sets_and_parts_find_the_clips(run, model_file: Path, place: Path) -> None:
    checked = run("data", "check", "t", "--dataset", "folder", "--json")
    assert (checked.status, checked.json["clips"], checked.json["problems"]) == (0, 12, [])
    assert not [note for note in checked.json["notes"] if "not of the set" in note]
    run("score", model_file, "t", "--out", "s.csv")
    checked = run("data", "check", "s.csv", "--dataset", "table", "--json")
    assert (checked.status, checked.json["problems"]) == (0, [])
    ran = run("score", model_file, "s.csv", "--out", "parts.csv", "--engine", "local", "--run", "run", "--workers", 1)
    assert ran.status == 0
    assert {row["file"]: row["score"] for row in rows("parts.csv")} == {
        row["file"]: row["score"] for row in rows("s.csv")
    }


def test_a_clip_is_explained_by_the_text_that_stands_in_a_table(run, model_file: Path, place: Path) -> None:
    assert run("score", model_file, "t/anomaly", "--out", "s.csv").status == 0
    name = next(row["file"] for row in rows("s.csv") if "\\x94" in row["file"])
    ran = run("explain", model_file, name, "--out", "e.json")
    assert ran.status == 0
    assert name in ran.err
    assert run("score", model_file, name, "--json").json["rows"][0]["file"] == name
    assert run("score", model_file, name, "--explain", "pages").status == 0
    assert len(list(Path("pages").iterdir())) == 1


def test_submissions_are_filled_again(run, model_file: Path, place: Path) -> None:
    assert run("score", model_file, "t", "--style", "confidence", "--out", "c.csv").status == 0
    ran = run("score", model_file, "t", "--style", "confidence", "--like", "c.csv", "--out", "like.csv")
    assert ran.status == 0, ran.err
    before, after = ([float(row["score"]) for row in rows(name)] for name in ("c.csv", "like.csv"))
    assert before == after
