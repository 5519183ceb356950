from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from offkey.cli.main import main


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, normal_folder: Path) -> Path:
    path = tmp_path_factory.mktemp("models") / "hum.offkey"
    assert main(["fit", str(normal_folder), "--model", str(path), "--keep-references", "3", "--detector", "knn"]) == 0
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory, hum) -> Path:
    path = tmp_path_factory.mktemp("clips") / "whistling <b>.wav"
    soundfile.write(path, hum(7, tone_hz=3000), 16_000)
    return path


def test_the_words_come_without_a_file(model: Path, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(model), str(clip)]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Higher than normal around" in printed.err
    assert "a tone at 3 kHz" in printed.err
    assert "anomalous, score" in printed.err


def test_a_picture(model: Path, clip: Path, tmp_path: Path) -> None:
    assert main(["explain", str(model), str(clip), "--out", str(tmp_path / "why.png")]) == 0
    assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "options", "begins"),
    [
        ("why.svg", (), b"<?xml"),
        ("why.PDF", ("--width", "8.8cm"), b"%PDF"),
        ("why", ("--format", "svg", "--width", "88mm"), b"<?xml"),
        ("why.png", ("--width", "3.5in", "--dpi", "100"), b"\x89PNG"),
    ],
)
def test_a_picture_for_a_paper(model: Path, clip: Path, tmp_path: Path, name: str, options, begins: bytes) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        assert main(["explain", str(model), str(clip), "--out", str(tmp_path / folder / name), *options]) == 0
    content = (tmp_path / "one" / name).read_bytes()
    assert content.startswith(begins)
    assert content == (tmp_path / "two" / name).read_bytes()


def test_a_page_holds_players_and_no_outside_resource(model: Path, clip: Path, tmp_path: Path) -> None:
    assert main(["explain", str(model), str(clip), "--out", str(tmp_path / "why.html")]) == 0
    page = (tmp_path / "why.html").read_text(encoding="utf-8")
    assert page.count("<audio controls") == 2
    assert page.count('src="data:audio/flac;base64,') == 2
    assert "http" not in page
    assert "whistling &lt;b&gt;.wav" in page
    assert "<b>" not in page


def test_json_in_a_file_and_on_standard_output(
    model: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(model), str(clip), "--out", str(tmp_path / "why.json"), "--json"]) == 0
    content = json.loads((tmp_path / "why.json").read_text(encoding="utf-8"))
    assert content == json.loads(capsys.readouterr().out)
    assert content["anomalous"] is True
    assert content["regions"][0]["low_hz"] < 3000 < content["regions"][0]["high_hz"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "why.txt"], "must end in .png, .svg, .pdf, .html, .json"),
        (["--out", "why.png", "--width", "8.8"], "such as 8.8cm, 88mm or 3.46in. Got '8.8' instead"),
        (["--out", "why.png", "--width", "1cm"], "between 5cm and 60cm"),
        (["--out", "why.png", "--dpi", "7"], "between 50 and 1200. Got 7"),
        (["--out", "why.png", "--format", "svg"], "--format is svg, but --out names why.png: leave one of them out"),
        (["--out", "why.html", "--width", "8.8cm"], "for a picture (.png, .svg or .pdf), but --out names why.html"),
        (["--out", "why", "--format", "tiff"], "must be png, svg, pdf. Got 'tiff'"),
        (["--format", "svg", "--width", "8.8cm"], "is for a picture: name its file with --out"),
        (["--out", "nowhere/why.png"], "make it first"),
        (["--at", "5"], "There is no sound at 5 s"),
    ],
)
def test_wrong_usage_is_said_in_a_sentence(
    model: Path,
    clip: Path,
    options: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["explain", str(model), str(clip), *options]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_missing_clip_is_an_error(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(model), "nothing.wav"]) == 1
    assert "nothing.wav cannot be read" in capsys.readouterr().err


def test_every_anomalous_clip_of_a_scoring_is_explained(
    model: Path, tmp_path: Path, hum, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, pages = tmp_path / "clips", tmp_path / "why"
    for place in ("one", "two"):
        (folder / place).mkdir(parents=True)
        soundfile.write(folder / place / "tone.wav", hum(9, tone_hz=2500), 16_000)
    soundfile.write(folder / "one" / "normal.wav", hum(10), 16_000)
    asked = ["score", str(model), str(folder), "--out", str(tmp_path / "scores.csv")]
    assert main([*asked, "--explain", str(pages)]) == 0
    assert sorted(page.name for page in pages.iterdir()) == ["tone-2.html", "tone.html"]
    assert "2 anomalous clips explained" in capsys.readouterr().err
    assert main([*asked, "--explain", str(tmp_path / "scores.csv")]) == 2
    assert "must name a folder" in capsys.readouterr().err
    assert main([*asked, "--explain", str(pages), "--identify", "types.offkey"]) == 2
    assert "exclude each other" in capsys.readouterr().err
