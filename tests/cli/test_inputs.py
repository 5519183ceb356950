"""INPUT... of the commands: nothing that lies in a folder is lost without a word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import soundfile

import offkey

KNN = ("--detector", "knn")


@pytest.fixture
def messy(tmp_path: Path, hum, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six clips, six more behind a link, two phone recordings, and a link to a disk that is not there."""
    monkeypatch.setattr("offkey.suffixes.phone_is_installed", lambda: False)
    root = tmp_path / "rec"
    for day, folder in enumerate((root, tmp_path / "disk" / "day2")):
        folder.mkdir(parents=True)
        for number in range(6):
            soundfile.write(folder / f"{number}.wav", hum(6 * day + number), 16_000)
    (root / "day2").symlink_to(tmp_path / "disk" / "day2")
    (root / "day3").symlink_to(tmp_path / "no such disk")
    (root / "day2" / "up").symlink_to(root)
    for name in ("a", "b"):
        (root / f"{name}.m4a").write_bytes(b"\0\0\0\x1cftypM4A ")
    return root


NOTE = "2 files ending in .m4a are not read: convert them to WAV or FLAC"


def _engine(tmp_path: Path) -> tuple[object, ...]:
    return "--engine", "local", "--workers", 1, "--run", tmp_path / "run"


@pytest.mark.parametrize("by_engine", [False, True])
def test_fit_hears_what_is_there_and_names_what_is_not(run, messy: Path, tmp_path: Path, by_engine: bool) -> None:
    engine = _engine(tmp_path) if by_engine else ()
    ran = run("fit", messy, messy / "day2", "--model", tmp_path / "m.offkey", *KNN, "--json", *engine)
    assert ran.status == 3
    assert ran.json["clips"] == 12
    assert [row["file"] for row in ran.json["left_out"]] == [str(messy / "day3")]
    assert f"left out: {messy / 'day3'} cannot be read: it is a link, and what it leads to is not there" in ran.err
    assert ran.json["notes"][0].startswith(NOTE)
    assert NOTE in ran.err


@pytest.mark.parametrize("by_engine", [False, True])
def test_score_gives_each_a_row_and_says_what_is_not_read(
    run, messy: Path, model_file: Path, tmp_path: Path, by_engine: bool
) -> None:
    out = tmp_path / "s.csv"
    ran = run("score", model_file, messy, "--out", out, "--json", *(_engine(tmp_path) if by_engine else ()))
    assert ran.status == 3
    rows = out.read_text().splitlines()[1:]
    assert len(rows) == 13
    assert [row.split(",")[0] for row in rows if "what it leads to is not there" in row] == [str(messy / "day3")]
    assert ran.json["notes"][0].startswith(NOTE)
    assert NOTE in ran.err


def test_data_check_does_not_call_such_a_folder_fit(run, messy: Path) -> None:
    ran = run("data", "check", messy, "--dataset", "folder", "--json")
    assert ran.status == 3
    problems = "\n".join(ran.json["problems"])
    assert NOTE in problems
    assert f"{messy / 'day3'} cannot be read: it is a link, and what it leads to is not there" in problems
    assert ran.json["verdict"].startswith("There are ")
    assert sum(ran.json["rates"].values()) == 12


def test_the_library_notes_what_is_not_read(messy: Path) -> None:
    model = offkey.fit(messy, detector="knn")
    assert model.fitted_on.clips == 12
    assert [name for name, _ in model.fitted_on.left_out] == [str(messy / "day3")]
    assert model.fitted_on.notes[0].startswith(NOTE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "m.offkey", ""), "An argument is empty"),
        (("score", "", "clips"), "An argument is empty"),
        (("data", "check", " ", "--dataset", "folder"), "An argument is empty"),
        (("explore", ""), "An argument is empty"),
        (("fit", "clips", "--model", ""), "What --model is given is empty"),
        (("score", "m.offkey", "clips", "--out="), "What --out is given is empty"),
        (("identify", "score", "m.offkey", "clips", "--out", ""), "What --out is given is empty"),
    ],
)
def test_an_empty_argument_is_not_the_current_folder(run, arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"offkey: {said}, as a variable of the shell that is not set: expected")


def test_a_clip_of_a_table_that_is_missing_is_left_out_and_named(run, normal_folder: Path, tmp_path: Path) -> None:
    names = [*(str(path) for path in sorted(normal_folder.iterdir())), "gone.wav"]
    (tmp_path / "t.csv").write_text("file\n" + "".join(f"{name}\n" for name in names))
    for engine in ((), _engine(tmp_path)):
        ran = run("fit", tmp_path / "t.csv", "--model", tmp_path / "m.offkey", *KNN, "--json", *engine)
        assert (ran.status, ran.json["clips"]) == (3, 24)
        assert [Path(row["file"]).name for row in ran.json["left_out"]] == ["gone.wav"]
        ran = run("score", tmp_path / "m.offkey", tmp_path / "t.csv", "--out", tmp_path / "s.csv")
        assert ran.status == 3
        assert "gone.wav" in (tmp_path / "s.csv").read_text().splitlines()[-1]


@pytest.mark.skipif(os.name != "posix", reason="there are no named pipes")
def test_a_pipe_in_a_folder_costs_its_own_row(run, model_file: Path, tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "a.wav", hum(900), 16_000)
    os.mkfifo(tmp_path / "live.wav")
    ran = run("score", model_file, tmp_path, "--json")
    assert ran.status == 3
    assert [row["error"] is None for row in ran.json["rows"]] == [True, False]
    assert "live.wav is a pipe, not a regular file" in ran.json["rows"][1]["error"]
    ran = run("data", "check", tmp_path, "--dataset", "folder", "--json")
    assert [problem for problem in ran.json["problems"] if "live.wav is a pipe" in problem]


def test_explore_says_what_is_not_read(run, messy: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("offkey.web.server.serve", lambda *_args, **_options: None)
    ran = run("explore", messy, "--port", 0, "--cache", tmp_path / "cache")
    assert ran.status == 0
    assert NOTE in ran.err
