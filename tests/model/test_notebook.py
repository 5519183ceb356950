"""Results and models as notebooks show them."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.errors import AudioError, ParameterError


@pytest.fixture(scope="module")
def model(normal_folder: Path) -> offkey.Model:
    return offkey.fit(normal_folder, detector="knn")


@pytest.fixture
def today(tmp_path: Path, hum) -> Path:
    path = tmp_path / "<today>.wav"
    soundfile.write(path, hum(3, tone_hz=3000), 16_000)
    return path


def _media(html: str, kind: str) -> bytes:
    found = re.search(f"data:{kind};base64,([^']+)'", html)
    assert found is not None
    return b64decode(found[1])


def test_a_result_shows_decision_player_and_spectrogram(model: offkey.Model, today: Path, hum) -> None:
    html = model.score(today)._repr_html_()
    assert "&lt;today&gt;.wav" in html
    assert ">anomalous</b>, score" in html
    samples, rate = soundfile.read(BytesIO(_media(html, "audio/flac")))
    assert rate == 16_000
    np.testing.assert_allclose(np.corrcoef(samples, hum(3, tone_hz=3000))[0, 1], 1, atol=1e-4)
    assert _media(html, "image/png").startswith(b"\x89PNG")


def test_without_pictures_there_is_still_a_player(
    model: offkey.Model, today: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    html = model.score(today)._repr_html_()
    assert "<audio" in html
    assert "<img" not in html


def test_what_cannot_be_played_says_why(model: offkey.Model, today: Path, hum) -> None:
    assert "array 0 cannot be read" in model.score(hum(3), rate=16_000)._repr_html_()
    failed = model.score([today, today.with_name("gone.wav")])[1]
    assert "no score" in failed._repr_html_()
    with pytest.raises(AudioError, match="cannot be read"):
        failed.plot()


def test_a_picture_is_saved_by_its_ending_and_width(model: offkey.Model, today: Path, tmp_path: Path) -> None:
    picture = model.score(today).plot()
    assert picture._repr_png_().startswith(b"\x89PNG")
    picture.save(tmp_path / "a.pdf", width="8.8cm")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert picture.draw(3.0).get_figwidth() == 3.0
    with pytest.raises(ParameterError, match=r"format of a picture must be png, svg, pdf\. Got 'jpg'"):
        picture.save(tmp_path / "a.jpg")


def test_a_window_of_a_long_recording_is_played_alone(model: offkey.Model, tmp_path: Path, hum) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, hum(4, seconds=3), 16_000)
    result = model.with_windowing(1.0, 1.0).score([path])[1]
    samples, _ = soundfile.read(BytesIO(_media(result._repr_html_(), "audio/flac")))
    assert len(samples) == 16_000


def test_results_are_a_list_that_says_what_it_holds(model: offkey.Model, today: Path, normal_folder: Path) -> None:
    results = model.score([normal_folder, today, today.with_name("gone.wav")])
    assert isinstance(results, list)
    assert repr(results) == "26 results: 1 anomalous, 24 like the normal clips, 1 with an error."
    assert results.scored[0].file == str(today)
    html = results._repr_html_()
    assert html.count("<tr>") == 21
    assert html.count("<audio") == 1
    assert "6 more." in html
    table = results.table()
    assert table["anomalous"].sum() == 1
    assert table["error"].drop_nulls().len() == 1
    assert repr(model.score([today])) == "1 result: 1 anomalous, 0 like the normal clips."


def test_a_model_says_what_it_is(model: offkey.Model) -> None:
    assert repr(model) == "<Model: detector 'knn' on 'logmel', 24 normal clips, 16000 Hz>"
    html = model._repr_html_()
    assert "<th style='text-align:left;vertical-align:top'>Promises</th>" in html
    assert "24 normal clips, 24 s of sound." in html


def test_files_that_are_not_read_are_warned_of(
    model: offkey.Model, today: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offkey.suffixes.phone_is_installed", lambda: False)
    today.with_name("a.m4a").write_bytes(b"")
    with pytest.warns(UserWarning, match="1 file ending in .m4a is not read") as caught:
        model.score(today.parent)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="is not read"):
        offkey.extract(today.parent, features="stats")


def test_progress_is_counted_by_the_caller(model: offkey.Model, normal_folder: Path) -> None:
    counted: list[int] = []
    model.score(normal_folder, advance=lambda: counted.append(1))
    assert len(counted) == 24
