"""The command ``offkey export``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import soundfile
from tests.cli.conftest import Run
from tests.conftest import Hum

from offkey.cli.main import main


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory, normal_folder: Path) -> Path:
    path = tmp_path_factory.mktemp("small") / "pump7.offkey"
    params = ["--features-param", "n_mels=16", "--detector", "mahalanobis"]
    assert main(["fit", str(normal_folder), "--model", str(path), *params]) == 0
    return path


def test_a_folder_is_written_and_checked(run: Run, small_model: Path, tmp_path: Path) -> None:
    ran = run("export", small_model, "--out", tmp_path / "edge")
    assert ran.status == 0
    assert "model.onnx" in ran.out
    assert "multiply-adds" in ran.err
    assert json.loads((tmp_path / "edge" / "calibration.json").read_text())["model"]["name"] == "pump7"
    checked = run("export", "--check", tmp_path / "edge")
    assert checked.status == 0, checked.err


def test_json_is_one_object(run: Run, small_model: Path, tmp_path: Path) -> None:
    report = run("export", small_model, "--out", tmp_path / "edge", "--json").json
    assert report["files"]["model.onnx"] > 10_000
    assert report["size"]["multiply_adds"] > 10_000
    assert report["cost"] is None


def test_labelled_clips_measure_the_cost(run: Run, small_model: Path, tmp_path: Path, hum: Hum) -> None:
    (tmp_path / "test").mkdir()
    for number, name in enumerate(("normal_0", "normal_1", "anomaly_0", "anomaly_1")):
        tone = 3000 if name.startswith("anomaly") else None
        soundfile.write(tmp_path / "test" / f"{name}.wav", hum(500 + number, tone_hz=tone), 16_000)
    ran = run("export", small_model, "--out", tmp_path / "edge", "--test", tmp_path / "test")
    assert ran.status == 0, ran.err
    assert "On 4 labelled recordings: AUC 1.0000, of the model itself 1.0000" in ran.err


def test_c_alone_says_its_cost_and_what_checks_it(run: Run, small_model: Path, tmp_path: Path) -> None:
    ran = run("export", small_model, "--out", tmp_path / "edge", "--target", "c")
    assert ran.status == 0, ran.err
    assert "bytes of flash and" in ran.err
    assert "edge --compile' checks it" in " ".join(ran.err.split())
    assert "## Cost on a controller" in (tmp_path / "edge" / "README.md").read_text()
    checked = run("export", "--check", tmp_path / "edge")
    assert checked.status == 1
    assert "exported as C alone" in checked.err
    assert "--compile" in checked.err


@pytest.mark.skipif(shutil.which("cc") is None, reason="cc is not installed")
def test_c_is_compiled_and_checked_on_request(run: Run, small_model: Path, tmp_path: Path) -> None:
    assert run("export", small_model, "--out", tmp_path / "edge", "--target", "c").status == 0
    checked = run("export", "--check", tmp_path / "edge", "--compile")
    assert checked.status == 0, checked.err
    assert "c: 4 of 4 agree (score, p_value, surprise, anomalous)." in checked.err
    code = tmp_path / "edge" / "c" / "offkey.c"
    code.write_text(code.read_text().replace("r->score = score(s);", "r->score = 1.01f * score(s);"))
    assert run("export", "--check", tmp_path / "edge", "--compile").status == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("MODEL",), "takes a model file and a folder"),
        (("--check", "edge", "--out", "edge"), "no other option but --compile and --json"),
        (("--check", "edge", "--int8"), "no other option but --compile and --json"),
        (("--check", "edge", "--test", "clips"), "no other option but --compile and --json"),
        (("MODEL", "--out", "edge", "--compile"), "--compile goes with --check FOLDER"),
        (("MODEL", "--out", "edge", "--target", "c", "--flash", "much"), "must be a size such as 256k"),
        (("MODEL", "--out", "edge", "--flash", "256k"), "with the target c"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(
    run: Run,
    small_model: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("export", *(small_model if one == "MODEL" else one for one in arguments))
    assert ran.status == 2
    assert sentence in ran.err
    assert not (tmp_path / "edge").exists()


def test_a_folder_that_holds_the_model_is_not_replaced(run: Run, small_model: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.offkey"
    model.write_bytes(small_model.read_bytes())
    ran = run("export", model, "--out", tmp_path)
    assert ran.status == 2
    assert "m.offkey" in ran.err
    assert model.is_file()
