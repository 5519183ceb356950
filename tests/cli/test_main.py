from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile

import offkey

PROGRAM = [sys.executable, "-m", "offkey"]


def test_version_and_help(run) -> None:
    assert run("--version").out.strip() == f"offkey {offkey.__version__}"
    ran = run("--help")
    assert ran.status == 0
    for command in ("fit", "score", "info"):
        assert command in ran.out
        assert run(command, "--help").status == 0


def test_wrong_usage_has_status_2(run) -> None:
    assert run("fit").status == 2
    assert run("nothing").status == 2
    assert run("score", "--nothing").status == 2


LONG = "a" * 5000


@pytest.mark.parametrize(
    "arguments",
    [
        ("fit", "{clips}", "--model", LONG),
        ("score", LONG, "{clips}"),
        ("score", "{model}", LONG),
        ("score", "{model}", "{clips}", "--out", f"{LONG}.csv"),
        ("report", LONG, "--out", "x.html"),
        ("data", "check", LONG, "--dataset", "folder"),
        ("explain", "{model}", "{clips}/normal_00.wav", "--out", f"{LONG}.png"),
        ("identify", "fit", LONG, "--out", "x.offkey"),
    ],
    ids=lambda words: " ".join(words[:2])[:40],
)
def test_a_path_that_no_file_can_have_is_refused_in_a_sentence(
    run, arguments: tuple[str, ...], model_file: Path, normal_folder: Path
) -> None:
    ran = run(*(word.format(model=model_file, clips=normal_folder) for word in arguments))
    assert ran.status in (1, 2)
    assert ran.out == ""
    assert ran.err.startswith("offkey: ")


def test_the_program_runs_as_a_module_with_json_alone_on_standard_output(model_file: Path, mixed_folder: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "score", model_file, mixed_folder, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert len(json.loads(done.stdout)["rows"]) == 13
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_traceback(model_file: Path, normal_folder: Path) -> None:
    command = f"{sys.executable} -m offkey score {model_file} {normal_folder} | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("file,score")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("delay_s", [0.3, 0.6, 0.9, 1.2])
def test_killing_at_any_moment_leaves_no_half_written_file(
    tmp_path: Path, model_file: Path, hum, delay_s: float
) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    out.mkdir()
    soundfile.write(clips / "0.wav", hum(0, seconds=10), 16_000)
    for number in range(1, 400):
        (clips / f"{number}.wav").hardlink_to(clips / "0.wav")
    fit = subprocess.Popen([*PROGRAM, "fit", clips, "--model", out / "m.offkey"], stderr=subprocess.DEVNULL)
    score = subprocess.Popen([*PROGRAM, "score", model_file, clips, "--out", out / "s.csv"], stderr=subprocess.DEVNULL)
    time.sleep(delay_s)
    fit.kill()
    score.kill()
    fit.wait()
    score.wait()
    for path in out.iterdir():  # nothing, or what was whole before the blow fell
        if path.name == "m.offkey":
            offkey.load(path)
        else:
            assert path.name == "s.csv"
            assert len(path.read_text().splitlines()) == 401


def test_real_recordings_of_a_slide_rail(run, shared_data: Path, tmp_path: Path) -> None:
    """The main job on real sound: normal clips in, every anomaly found, no false alarm."""
    slider = shared_data / "dcase2020_real" / "slider"
    model, scores = tmp_path / "slider.offkey", tmp_path / "scores.csv"
    assert run("fit", slider / "train", "--model", model, "--false-alarm-rate", "0.05").status == 0
    ran = run("score", model, slider / "test", "--out", scores, "--json")
    called = {Path(row["file"]).name: row["anomalous"] for row in ran.json["rows"]}
    assert called == {name: int(name.startswith("anomaly")) for name in called}
    assert len(called) == 6
    report = run("evaluate", scores, "--json").json
    assert (report["auc"], report["n_normal"], report["n_anomalous"]) == (1.0, 3, 3)
