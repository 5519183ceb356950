from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.runtime.conftest import RATE, WINDOW, noise, vectors

from offkey.runtime import load
from offkey.runtime.command import main
from offkey.runtime.graph import Graph
from offkey.runtime.model import Model


@pytest.fixture
def clips(tmp_path: Path) -> list[str]:
    for name, level in (("a", 0.01), ("b", 0.5)):
        soundfile.write(tmp_path / f"{name}.wav", noise(2 * WINDOW, level), RATE, subtype="FLOAT")
    return [str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]


def _stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_one_row_per_file_and_failures_are_rows_too(
    folder: Path, clips: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), *clips]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    model = load(folder)
    assert [list(row) for row in rows] == [["file", "score", "p_value", "anomalous", "error", "start_s", "end_s"]] * 2
    assert [(row["file"], row["score"], row["anomalous"]) for row in rows] == [
        (clip, model.score(clip).score, model.score(clip).anomalous) for clip in clips
    ]
    assert main([str(folder), "gone.wav", clips[0]]) == 3
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["error"] == "gone.wav cannot be read: No such file or directory."
    assert rows[0]["score"] is None
    assert rows[1]["error"] is None


def test_rows_of_csv_are_those_of_offkey_score(
    folder: Path, clips: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), *clips, "gone.wav", "--windows", "--format", "csv"]) == 3
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["file", "score", "p_value", "anomalous", "error", "start_s", "end_s"]
    assert [row["start_s"] for row in rows] == ["0.0", "0.2", "0.0", "0.2", ""]
    assert [row["anomalous"] for row in rows] == ["0", "0", "1", "1", ""]


def test_a_stream_gives_a_row_per_window_with_its_event(
    folder: Path, model: Model, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = noise(2000)
    sound[1000:] *= 10
    samples = (sound * 20_000).astype(np.int16)
    _stdin(monkeypatch, samples.tobytes() + b"\x01")  # half a sample is left out
    assert main([str(folder), "--stream", "--engine", "numpy"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    stream = model.stream()
    expected = stream.push(samples)
    assert [(row["start_s"], row["score"]) for row in rows[:-1]] == [(one.start_s, one.score) for one in expected]
    kinds = [row["event"]["kind"] for row in rows if row["event"]]
    assert kinds == ["new", *["update"] * (len(kinds) - 2), "end"]
    last = stream.finish()
    assert last is not None
    assert rows[-1] == dict.fromkeys(rows[0]) | {"event": dict(vars(last))}


def test_a_stream_as_csv_takes_channels_and_a_hop(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both = (np.stack([noise(1000), np.zeros(1000)], axis=1) * 20_000).astype(np.int16)
    both[:200] = 0
    _stdin(monkeypatch, both.tobytes())
    options = ["--channels", "2", "--hop", "0.2", "--no-events", "--format", "csv"]
    assert main([str(folder), "--stream", *options]) == 3
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["start_s"] for row in rows] == ["0.0", "0.2", "0.4", "0.6", "0.8"]
    assert "digital silence" in rows[0]["error"]
    assert set(rows[1]) >= {"event", "event_start_s", "event_end_s", "event_peak"}


def test_the_check_names_what_differs(folder: Path, graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", str(folder), "--engine", "numpy"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in shown[:2]] == [["numpy:", "same:", "'power'"], ["numpy:", "same:", "'score'"]]
    arrays = vectors(graph)
    arrays["between/power"] = arrays["between/power"] * 2
    np.savez(folder / "vectors.npz", **arrays)  # type: ignore[arg-type]
    assert main(["--check", str(folder), "--engine", "numpy"]) == 1
    shown_, problem = capsys.readouterr()
    assert shown_.startswith("numpy: DIFFERS: 'power' of the clip ")
    assert "does not compute what it computed when it was exported: 'power' of the clip" in problem


def test_the_check_runs_every_engine_that_would_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnxruntime")
    assert main(["--check", str(folder)]) == 0
    engines = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()]
    assert engines == ["numpy"] * 5 + ["onnxruntime"] * 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give WAV files, or --stream, or --check"),
        (["a.wav", "--stream"], "give WAV files, or --stream, or --check"),
        (["a.wav", "--check"], "--check takes the folder alone"),
        (["--stream", "--channels", "0"], "--channels must be from 1 to 1024"),
        (["--stream", "--windows"], "--windows is for files"),
        (["a.wav", "--hop", "2"], "are for --stream"),
        (["a.wav", "--no-events"], "are for --stream"),
        (["--stream", "--check"], "not allowed with"),
        (["--format", "xml"], "invalid choice"),
    ],
)
def test_wrong_usage_ends_with_2(
    folder: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_what_fails_ends_with_1_and_a_sentence(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "gone"), "a.wav"]) == 1
    assert "gone/calibration.json cannot be read" in capsys.readouterr().err
    assert main([str(folder), "--stream", "--hop", "0.7"]) == 1
    assert "Events of this model are for windows every 0.1 s" in capsys.readouterr().err
    _stdin(monkeypatch, bytes(100))
    assert main([str(folder), "--stream"]) == 1
    assert "The stream ended before one window was whole." in capsys.readouterr().err
    assert main([str(tmp_path / "a\nb\udc80"), "a.wav"]) == 1
    assert "a\\nb" in capsys.readouterr().err


def test_help_and_version_end_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == main(["--version"]) == 0
    assert "offkey-runtime 0." in capsys.readouterr().out


def test_a_reader_that_goes_away_is_no_traceback(folder: Path, clips: list[str]) -> None:
    command = [sys.executable, "-m", "offkey.runtime", folder, *clips * 2000]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (1, b"")


def test_an_interrupted_stream_ends_with_130(folder: Path) -> None:
    import signal

    command = [sys.executable, "-m", "offkey.runtime", folder, "--stream"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write((noise(WINDOW) * 20_000).astype(np.int16).tobytes())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["start_s"] == 0  # at once, not when some buffer is full
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, b"")
