from __future__ import annotations

import shutil
from pathlib import Path

import offkey


def test_info_tells_what_a_model_is(run, model_file: Path) -> None:
    report = run("info", model_file, "--json").json
    assert report["detector"] == "knn"
    assert report["fitted_on"]["clips"] == 24
    assert report["rate"] == 16_000
    text = run("info", model_file).out
    assert "fitted_on.digest" in text
    assert "beyond all 24 normal clips (p at most 1/25, the least that 24 clips can show)" in " ".join(text.split())
    assert report["realised"][0]["promised"] == 0.01
    assert report["fitted_on"]["digest"] in text


def test_rate_and_threshold_change_in_the_file_without_fitting(run, model_file: Path, tmp_path: Path) -> None:
    path = shutil.copy(model_file, tmp_path / "m.offkey")
    before = offkey.load(path)
    report = run("info", path, "--set-false-alarm-rate", 0.2, "--json").json
    after = offkey.load(path)
    assert report["threshold"] == after.threshold.value < before.threshold.value
    assert after.fitted_on == before.fitted_on
    ran = run("info", path, "--set-false-alarm-rate", 0.001)
    assert "note: With 24 normal clips, offkey can promise 1 false alarm in 25" in ran.err
    run("info", path, "--set-threshold", 5)
    assert offkey.load(path).threshold.value == 5.0


def test_wrong_wishes_leave_the_file_alone(run, model_file: Path) -> None:
    before = model_file.read_bytes()
    ran = run("info", model_file, "--set-false-alarm-rate", 2)
    assert (ran.status, "must lie between 0 and 1" in ran.err) == (2, True)
    ran = run("info", model_file, "--set-false-alarm-rate", 0.1, "--set-threshold", 1)
    assert (ran.status, "exclude each other" in ran.err) == (2, True)
    assert model_file.read_bytes() == before
