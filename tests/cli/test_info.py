from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import soundfile

import offkey


def test_info_tells_what_a_model_is(run, model_file: Path) -> None:
    report = run("info", model_file, "--json").json
    assert report["detector"] == "knn"
    assert report["fitted_on"]["clips"] == 24
    assert report["rate"] == 16_000
    assert report["realised"][0]["promised"] == 0.01
    assert len(report["fitted_on"]["digest"]) == 64
    out = run("info", model_file).out
    assert out.startswith("Learnt from")  # no row for heads that are not there
    assert not any(line.endswith(" ") for line in out.splitlines())
    text = " ".join(out.split())
    for words in (
        "Learnt from 24 normal clips, 24 s of sound.",
        "Hears Channel 0 at 16000 Hz, by the front end 'logmel' as 128 features.",
        "Decides A clip is anomalous if the detector 'knn' scores it above",
        "24 normal clips has the p-value 1/25, the least that they can show.",
        "Promises Of new normal clips 0 to 12 % will be called anomalous, in 9 of 10 such fits; 1 % asked for. With 24",
        "Recalibrated No: the threshold is that of the fit.",
    ):
        assert words in text


def test_rate_and_threshold_change_in_the_file_without_fitting(run, model_file: Path, tmp_path: Path) -> None:
    path = shutil.copy(model_file, tmp_path / "m.offkey")
    before = offkey.load(path)
    report = run("info", path, "--set-false-alarm-rate", 0.2, "--json").json
    after = offkey.load(path)
    assert report["threshold"] == after.threshold.value < before.threshold.value
    assert after.fitted_on == before.fitted_on
    ran = run("info", path, "--set-false-alarm-rate", 0.001)
    assert "note: With 24 normal clips, offkey can only guarantee 1 false alarm in 25." in ran.err
    run("info", path, "--set-threshold", 5)
    assert offkey.load(path).threshold.value == 5.0


def test_wrong_wishes_leave_the_file_alone(run, model_file: Path) -> None:
    before = model_file.read_bytes()
    ran = run("info", model_file, "--set-false-alarm-rate", 2)
    assert (ran.status, "must lie between 0 and 1" in ran.err) == (2, True)
    ran = run("info", model_file, "--set-false-alarm-rate", 0.1, "--set-threshold", 1)
    assert (ran.status, "exclude each other" in ran.err) == (2, True)
    assert model_file.read_bytes() == before


def test_a_few_new_clips_recalibrate_the_file(run, model_file: Path, tmp_path: Path, hum) -> None:
    path, new = Path(shutil.copy(model_file, tmp_path / "m.offkey")), tmp_path / "new"
    new.mkdir()
    for number in range(10):
        soundfile.write(new / f"{number}.wav", 0.5 * hum(900 + number), 16_000)
    soundfile.write(new / "anomaly_1.wav", hum(999, tone_hz=2000), 16_000)
    ran = run("info", path, "--recalibrate", new, "--json")
    assert (ran.json["recalibration"]["clips"], ran.json["recalibration"]["left_out"]) == (10, [])
    assert "note: 1 of 11 clips are called anomalous and were not learnt from" in ran.err
    assert "note: what moved: the level is 6.0 dB lower than" in ran.err
    assert "note: Recalibrated from 10 normal clips: a promised 0.01 will be" in ran.err
    assert ran.json["least_false_alarm_rate"] == pytest.approx(1 / 11)
    assert ran.json["realised"][1]["high"] == pytest.approx(0.26, abs=0.01)
    assert offkey.load(path).threshold.value == ran.json["threshold"]
    assert "by 10 new normal clips." in run("info", path).out


def test_too_few_new_clips_leave_the_file_alone(run, model_file: Path, normal_folder: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(model_file, tmp_path / "m.offkey"))
    ran = run("info", path, "--recalibrate", normal_folder)
    assert (ran.status, "Too few new normal clips to recalibrate" in ran.err) == (1, True)
    assert run("info", path, "--recalibrate", normal_folder, "--set-threshold", 1).status == 2
    assert path.read_bytes() == model_file.read_bytes()
