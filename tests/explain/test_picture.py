from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import offkey
from offkey.audio import ArrayRecording
from offkey.explain import explain
from offkey.explain.picture import figure_of


def test_all_words_of_a_picture_lie_within_it(normal_folder: Path, hum) -> None:
    model = offkey.fit(normal_folder, detector="knn")
    fault = explain(model, ArrayRecording(hum(50, tone_hz=3000), 16_000, "clip.wav"))
    assert fault.p_value_words.startswith("beyond all 24 normal clips")
    figure = figure_of(replace(fault, file="pump_01_2026-01-31.wav"))
    figure.canvas.draw()
    assert fault.p_value_words[1:30] in " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    for text in (*figure.texts, figure._suptitle):
        box = text.get_window_extent()
        assert box.x1 <= figure.bbox.x1, text.get_text()
        assert box.x0 >= 0
