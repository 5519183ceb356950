from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from xml.dom import minidom

import numpy as np
import pytest
import soundfile

import offkey
from offkey.cli.main import main


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, normal_folder: Path) -> Path:
    path = tmp_path_factory.mktemp("models") / "hum.offkey"
    assert main(["fit", str(normal_folder), "--model", str(path), "--keep-references", "2", "--detector", "knn"]) == 0
    return path


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory, model: Path, hum) -> Path:
    """Six clips of two domains, two of them with a tone, one broken."""
    folder = tmp_path_factory.mktemp("plant")
    for number in range(6):
        label, domain = ("anomaly", "normal")[number > 1], ("source", "target")[number % 2]
        name = f"section_00_{domain}_test_{label}_{number:04d}.wav"
        soundfile.write(folder / name, hum(200 + number, tone_hz=3000 if label == "anomaly" else None), 16_000)
    (folder / "section_00_source_test_normal_0009.wav").write_bytes(b"no sound")
    assert main(["score", str(model), str(folder), "--out", str(folder / "scores.csv")]) == 3
    return folder / "scores.csv"


def test_a_report_of_a_score_file(
    model: Path, scores: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.html"
    assert main(["report", str(scores), "--model", str(model), "--out", str(out), "--top", "2", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["clips"], summary["failed"], summary["explained"], summary["auc"]) == (6, 1, 2, 1.0)
    page = out.read_text(encoding="utf-8")
    assert page.count("<audio controls") == 4
    assert page.count('<img src="data:image/webp;base64,') == 2
    assert page.count("<svg") == 4  # scores over time, wide and narrow; histogram and ROC curve
    assert page.count('preload="none"') == 4
    assert "2 of 6 new clips sound wrong; the other 4 sound normal." in page
    assert "AUC 1.000" in page
    assert "00 target" in page
    assert "a tone at 3 kHz" in page
    assert "section_00_source_test_normal_0009.wav" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)
    for picture in re.findall(r"<svg.*?</svg>", page, re.S):
        assert minidom.parseString(picture)  # noqa: S318 - our own
    assert all('alt="' in image for image in re.findall(r"<img [^>]*>", page))


def test_scores_of_another_model_are_said_to_be(
    model: Path, scores: Path, normal_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other, out = tmp_path / "other.offkey", tmp_path / "report.html"
    assert main(["fit", str(normal_folder), "--model", str(other), "--detector", "mahalanobis"]) == 0
    assert main(["report", str(scores), "--model", str(other), "--out", str(out), "--top", "1"]) == 0
    said = "The scores are not those of this model: section_00_"
    assert f"note: {said}" in capsys.readouterr().err
    assert said in out.read_text(encoding="utf-8")
    assert main(["report", str(scores), "--model", str(model), "--out", str(out), "--top", "1"]) == 0
    assert said not in capsys.readouterr().err


def test_without_a_model_there_is_a_ranking(scores: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    assert main(["report", str(scores), "--out", str(out)]) == 0
    page = out.read_text(encoding="utf-8")
    assert "<audio" not in page
    assert "Anomalous clips: 2" in page
    assert "section_00_source_test_normal_0002.wav" not in page  # what is normal is not listed


def test_a_clip_that_has_gone_is_said_to_be(model: Path, scores: Path, tmp_path: Path) -> None:
    lost = tmp_path / "lost.csv"
    with scores.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["error"]]
    lost.write_text("file,score\n" + "".join(f"gone/{number}.wav,{row['score']}\n" for number, row in enumerate(rows)))
    out = tmp_path / "report.html"
    assert main(["report", str(lost), "--model", str(model), "--out", str(out), "--top", "1"]) == 0
    page = out.read_text(encoding="utf-8")
    assert "is not where the scores say" in page
    assert page.count("<svg") == 3
    assert "AUC" not in page  # no clip has a label


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--combination", "x"], "is of a run's folder"),
        (["--machine", "valve"], "holds no scored clip of valve"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(
    scores: Path, tmp_path: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(scores), "--out", str(tmp_path / "report.html"), *options]) == 2
    assert said in capsys.readouterr().err


def test_a_report_of_a_run(tiny_edition, tmp_path: Path) -> None:
    run = tmp_path / "run"
    root = tiny_edition(2020)
    asked = ["benchmark", str(root), "--dataset", "dcase2020", "--out", str(run), "--machine", "fan"]
    assert main([*asked, "--detector", "knn", "--part", "dev"]) == 0
    train = root / "dev_data" / "fan" / "train"
    assert main(["fit", str(train), "--detector", "knn", "--model", str(tmp_path / "fan.offkey")]) == 0
    out = tmp_path / "report.html"
    asked = ["report", str(run), "--section", "00", "--model", str(tmp_path / "fan.offkey"), "--out", str(out)]
    assert main([*asked, "--top", "1"]) == 0
    page = out.read_text(encoding="utf-8")
    assert page.count("<audio controls") == 2  # beside it the most alike of the clips learnt, whose file is there
    assert main(["report", str(run), "--combination", "nothing", "--out", str(out)]) == 2


def test_a_report_says_what_a_recalibrated_model_promises(model: Path, tmp_path: Path, hum) -> None:
    for number in range(10):
        soundfile.write(tmp_path / f"{number}.wav", 0.5 * hum(400 + number), 16_000)
    moved, out = tmp_path / "moved.offkey", tmp_path / "report.html"
    offkey.load(model).recalibrate(sorted(tmp_path.glob("*.wav"))).save(moved)
    for used, again in ((model, "No: the threshold is that of the fit."), (moved, "20")):
        assert main(["score", str(used), str(tmp_path), "--out", str(tmp_path / "scores.csv")]) == 0
        assert (
            main(["report", str(tmp_path / "scores.csv"), "--out", str(out), "--model", str(used), "--top", "0"]) == 0
        )
        assert f"<dt>recalibrated</dt><dd>{again}" in out.read_text(encoding="utf-8")
    page = out.read_text(encoding="utf-8")
    assert ", by 10 new normal clips." in page
    assert "<dt>promise</dt><dd>Of new normal clips 0 to 26 % will be called anomalous" in page
    assert "Rates below 1 in 11 are estimates" in page


def test_a_report_says_that_the_recording_changed(
    model: Path, tmp_path: Path, hum, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(6):
        soundfile.write(tmp_path / f"{number}.wav", hum(300 + number, tone_hz=3000), 16_000)
    assert main(["score", str(model), str(tmp_path), "--out", str(tmp_path / "scores.csv")]) == 0
    out, options = tmp_path / "report.html", ["--model", str(model), "--top", "1"]
    assert main(["report", str(tmp_path / "scores.csv"), "--out", str(out), *options]) == 0
    page, told = out.read_text(encoding="utf-8"), capsys.readouterr().err
    assert "All 6 new clips are unlike the training clips: a fault in all of them, or another place, microphone" in page
    assert "These 6 clips differ as a whole from the training clips: " in page
    assert "6 of 6 score beyond all 24 normal clips; either the machine is faulty" in page
    assert "beyond all 24 normal clips (p at most 1/25, the least that 24 clips can show)." in page
    assert "note: these 6 clips differ as a whole from the training clips: " in told


def test_an_hour_keeps_its_time_and_the_page_stays_small(model: Path, tmp_path: Path, hum) -> None:
    """Of 360 windows 120 sound wrong, from 4:00 on; each window has one second here."""
    sound = np.concatenate([hum(400 + k % 7, tone_hz=3000 if k >= 240 else None) for k in range(360)])
    soundfile.write(tmp_path / "hour.wav", sound, 16_000)
    assert main(["score", str(model), str(tmp_path / "hour.wav"), "--out", str(tmp_path / "scores.csv")]) == 0
    out = tmp_path / "report.html"
    assert main(["report", str(tmp_path / "scores.csv"), "--model", str(model), "--out", str(out), "--top", "1"]) == 0
    page = out.read_text(encoding="utf-8")
    assert '<h1 class="colour-anomaly">120 of 360 windows of hour.wav sound wrong; the other 240 sound normal.' in page
    assert "Since hour.wav at 4:00: 120 of 120 windows from then on, 0 of 240 before." in page
    wide, narrow, *_ = page.split("<svg")[1:]
    assert wide.count("<circle") == 360
    assert 120 < narrow.count("<circle") < 360  # the highest score of every two pixels
    assert ">4:00</text>" in page
    assert out.stat().st_size < 2e6
