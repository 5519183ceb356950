"""Autoencoders in C: over frames or over the features of a window, with weights of 32 or of eight bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.export.c.compiling import build, needs, run, windows
from tests.export.c.machine import fitted, hum

from offkey.errors import ExportError
from offkey.export.c import c_sources, with_int8
from offkey.export.c.cut import Cut
from offkey.export.c.replay import window_scores
from offkey.model import Model

SMALL = {"widths": [24, 16], "bottleneck": 4, "epochs": 2, "folds": 2, "context": 3}
FRAMES = {"n_mels": 20, "seconds": 1.0, "low_hz": 20.0}


def _of_frames(params: dict[str, Any] | None = None, **front_end: Any) -> Model:
    return fitted(
        detector="autoencoder",
        detector_params={**SMALL, **(params or {})},
        features="frames",
        features_params={**FRAMES, **front_end},
    )


def _compared(model: Model, folder: Path, *, int8: bool = False, hop_s: float = 0.2) -> None:
    sound = np.concatenate([hum(2.5, 1), hum(1.5, 2, rattle=0.1)])
    program = build(c_sources(model, hop_s=hop_s, int8=int8, clips=[sound]), folder)
    assert ", 0 of them other than expected" in run(str(program))
    reference = with_int8(model) if int8 else model
    expected = window_scores(reference, Cut.of(model, hop_s), sound)
    np.testing.assert_allclose(windows(program, sound)["score"], expected, rtol=1e-4)


@needs("gcc")
@pytest.mark.parametrize("hop_s", [0.032, 0.2, 0.93, 0.96, 1.2])
def test_frames_are_reconstructed_as_in_python(hop_s: float, tmp_path: Path) -> None:
    _compared(_of_frames(), tmp_path, hop_s=hop_s)


@needs("gcc")
@pytest.mark.parametrize("int8", [False, True])
def test_features_are_reconstructed_as_in_python(int8: bool, tmp_path: Path) -> None:
    _compared(fitted(detector="autoencoder", detector_params=SMALL), tmp_path, int8=int8)


@needs("gcc")
def test_weights_of_eight_bits_take_a_quarter_of_the_room(tmp_path: Path) -> None:
    model = _of_frames()
    _compared(model, tmp_path, int8=True)
    files = {int8: c_sources(model, int8=int8)["offkey.c"] for int8 in (False, True)}
    assert "static const float weights_0[1440]" in files[False]
    assert "static const int8_t weights_0[1440]" in files[True]


def test_weights_of_eight_bits_change_scores_a_little() -> None:
    model, sound = _of_frames(), hum(1.0, 3)
    small = with_int8(model)
    assert small.score_window(sound) != model.score_window(sound)
    assert small.score_window(sound) == pytest.approx(model.score_window(sound), rel=0.02)
    assert with_int8(small).score_window(sound) == pytest.approx(small.score_window(sound), rel=1e-5)


@pytest.mark.parametrize(
    ("params", "front_end", "sentence"),
    [
        ({"form": "convolutional", "context": 8, "widths": [4]}, {}, r"--detector-param form=dense\."),
        ({"distance": "mahalanobis"}, {}, r"--detector-param distance=mse\."),
        ({}, {"low_hz": 0.0}, r"hears the mean of a window.* --features-param low_hz=20\."),
        ({}, {"seconds": 0.5}, r"leave out or repeat some: fit with --features-param seconds=1\."),
    ],
)
def test_other_networks_are_refused(params: dict[str, Any], front_end: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ExportError, match=sentence):
        c_sources(_of_frames(params, **front_end))


def test_only_networks_have_weights_of_eight_bits() -> None:
    with pytest.raises(ExportError, match="'mahalanobis' has no network"):
        c_sources(fitted(detector="mahalanobis"), int8=True)
