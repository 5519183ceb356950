from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.text import Text

import offkey
from offkey.audio import ArrayRecording
from offkey.explain import explain
from offkey.explain.paper_picture import paper_figure
from offkey.explain.picture import figure_of
from offkey.pictures import PictureForm, fonts


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


@pytest.mark.parametrize("width_cm", [5.0, 8.8, 18.0])
def test_a_picture_for_a_paper_names_its_axes_and_units_within_its_width(
    normal_folder: Path, hum, width_cm: float
) -> None:
    fault = explain(
        offkey.fit(normal_folder, detector="knn"), ArrayRecording(hum(50, tone_hz=3000), 16_000, "clip.wav")
    )
    form = PictureForm("pdf", width_cm)
    with fonts(form):
        figure = paper_figure(fault, width_cm / 2.54)
        figure.canvas.draw()
        labels = {text for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel()) if text}
        texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
        sizes = [text.get_fontsize() for text in texts]
        inside = [text.get_tightbbox() for text in texts if text.get_text() in labels]
    assert labels == {"Frequency (kHz)", "Level (dB)", "Deviation (SD)", "Added\nto score", "Time (s)"}
    assert min(sizes) >= 7
    assert max(sizes) <= 8
    for box in inside:
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y0 >= 0
        assert box.y1 <= figure.bbox.y1
