from __future__ import annotations

import sys
from pathlib import Path

import pytest
import soundfile

import offkey
from offkey.explain import Explanation, explain


def test_a_notebook_shows_sentence_picture_and_players(
    normal_folder: Path, tmp_path: Path, hum, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = offkey.fit(normal_folder, detector="knn", keep_references=2)
    soundfile.write(tmp_path / "today.wav", hum(3, tone_hz=3000), 16_000)
    found = explain(model, tmp_path / "today.wav")
    assert isinstance(found, Explanation)
    assert repr(found).startswith(f"<Explanation of {tmp_path / 'today.wav'}: anomalous, score ")
    html = found._repr_html_()
    assert html.count("<audio") == 2
    assert html.count("data:image/png") == 1
    assert found.sentence[:20] in html
    found.plot().save(tmp_path / "a.svg", width="8.8cm")
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "<img" not in found._repr_html_()
