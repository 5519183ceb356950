"""A model in C scores as in Python."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.export.c.compiling import build, needs, run, windows
from tests.export.c.machine import RATE, fitted, hum

from offkey.errors import ExportError
from offkey.export.c import c_sources
from offkey.export.c.cut import Cut
from offkey.export.c.replay import window_scores
from offkey.export.prototypes import with_memory

ALL = {"deviation": True, "change": True}
STEADY = dict.fromkeys(("lulls", "transients", "modulation", "cycle", "deviation", "change"), False)
FEW = {**STEADY, "n_mels": 24, "pooling": [1.0], "normalisation": "standard"}


def _mel(detector: str, params: dict[str, Any] | None = None, **front_end: Any) -> dict[str, Any]:
    return {"detector": detector, "detector_params": params or {}, "features_params": {**FEW, **front_end}}


def _bins(keep: list[int] | None, detector: str = "mahalanobis", **front_end: Any) -> dict[str, Any]:
    return {"detector": detector, "features": "spectrum", "features_params": {"keep": keep, **front_end}}


MODELS: dict[str, dict[str, Any]] = {
    "log-mel bands": {"detector": "mahalanobis"},
    "few bands": _mel("mahalanobis"),
    "bands that are kept": _mel("mahalanobis", keep=[9, 2, 3]),
    "bands that vary": _mel("mahalanobis", **ALL),
    "bands that change": _mel("pca_residual", change=True),
    "bands beside the level": _mel("mahalanobis", normalisation="clip-level", **ALL),
    "bins": _bins(list(range(2, 66))),
    "bins apart": _bins([5, 3, 90]),
    "all bins": _bins(None, normalisation="standard"),
    "the lowest bins": _bins([0, 1, 2, 3], **ALL),
    "the second bin": _bins([1, 7], normalisation="standard", deviation=True),
    "PCA": _mel("pca_residual"),
    "mixture": _mel("gmm"),
    "mixture of more bands than clips": _mel("gmm", n_mels=40, **ALL),
    "likeliest component": _mel("gmm", {"joined": "component"}),
    "diagonal mixture": _mel("gmm", {"covariance_type": "diag", "n_components": 3}),
    "nearest": _mel("knn"),
    "three nearest": _mel("knn", {"n_neighbors": 3}),
    "local density": _mel("local_density"),
    "difference of density": _mel("local_density", {"form": "difference"}),
    "the default": _mel("fused", n_mels=48, normalisation="none"),
    "the default without levels": _mel("fused"),
    "VarMin": _mel("local_density", {"form": "varmin_log"}),
}


def _lines(folder: Path) -> int:
    """Return the lines of a program, without those of its tables."""
    code, header = ((folder / name).read_text(encoding="utf-8") for name in ("offkey.c", "offkey.h"))
    return len((header + re.sub(r"static const [^=]*= \{.*?\n\};\n", "", code, flags=re.DOTALL)).splitlines())


@needs("gcc")
@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS)
def test_c_scores_as_python_does(options: dict[str, Any], tmp_path: Path) -> None:
    model, sound = fitted(**options), np.concatenate([hum(2.5, 1), hum(1.5, 2, rattle=0.1)])
    program = build(c_sources(model, hop_s=0.2, clips=[sound]), tmp_path)
    assert ", 0 of them other than expected" in run(str(program))
    assert 300 < _lines(tmp_path) < 600
    found, expected = windows(program, sound), window_scores(model, Cut.of(model, 0.2), sound)
    assert len(expected) == 16  # one each 192 ms
    np.testing.assert_allclose(found["score"], expected, rtol=1e-4, atol=2e-5)
    assert (found["anomalous"] == (expected > model.threshold.value)).all()
    np.testing.assert_allclose(found["p_value"], model.calibration.p_values(expected), rtol=1e-6)
    np.testing.assert_allclose(found["surprise"], model.calibration.surprises(expected), atol=1e-3)
    assert 0 < found["anomalous"].sum() < len(expected)


@needs("gcc")
def test_vectors_that_differ_are_found(tmp_path: Path) -> None:
    model = fitted(detector="mahalanobis")
    files = c_sources(model, clips=[hum(1.0, 1)])
    other = c_sources(model, clips=[hum(1.0, 2)])
    program = build({**files, "vectors.h": files["vectors.h"].replace("0.", "1.", 1)}, tmp_path / "a")
    with pytest.raises(AssertionError, match="1 of them other than expected"):
        run(str(program))
    assert other["offkey.c"] == files["offkey.c"]
    assert model.rate == RATE


@needs("gcc")
def test_fewer_clips_are_remembered(tmp_path: Path) -> None:
    """Members of the default then compare with prototypes of their own."""
    model, sound = fitted(count=40, **MODELS["the default"]), np.concatenate([hum(2.0, 1), hum(1.0, 2, rattle=0.1)])
    smaller, _ = with_memory(model, 16)
    program = build(c_sources(smaller, hop_s=0.2, clips=[sound]), tmp_path)
    found, expected = windows(program, sound), window_scores(smaller, Cut.of(smaller, 0.2), sound)
    np.testing.assert_allclose(found["score"], expected, rtol=1e-4, atol=1e-4)
    text = (tmp_path / "offkey.c").read_text(encoding="utf-8")
    assert "#define near_clips clips\n" in text  # equal tables are one
    assert "clips[16][48]" in text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {},
            r"What 'logmel' says of lulls and transients and modulation and cycle cannot go to C",
        ),
        (
            _mel("knn", pooling=[1.0, 0.5]),
            r"The pooling \[1\.0, 0\.5\] of 'logmel' cannot .* pooling=\[1\.0\]",
        ),
        (_mel("knn", normalisation="per-band", change=True), r"'per-band' of 'logmel' .* normalisation=standard\.$"),
        (_mel("knn", normalisation="clip-level", keep=[1, 2]), r"'clip-level' of 'logmel' .* beside 'keep'"),
        (_mel("knn", low_hz=0.0), r"Bands of 'logmel' from 0 Hz .* --features-param low_hz=20\.$"),
        (
            {"features": "mfcc", "detector": "knn"},
            r"The front end 'mfcc' cannot go to C, which has 'spectrum'",
        ),
        (_mel("lof"), r"The detector 'lof' cannot go to C, which has 'autoencoder', 'fused', .*: fit with --detector"),
        (
            _mel("fused", change=True),
            r"'fused' goes to C on the mean .* --features-param cycle=false\.$",
        ),
        (
            {"features": "frames", "detector": "knn"},
            r"'frames' goes to C with the detector 'autoencoder' alone",
        ),
    ],
)
def test_others_are_refused_in_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ExportError, match=sentence):
        c_sources(fitted(**options))


def test_windows_are_as_long_as_the_clips_learnt() -> None:
    model = fitted(**MODELS["few bands"])
    with pytest.raises(ExportError, match=r"A window of 0\.5 s cannot go to C where clips of 1 s were learnt"):
        c_sources(model.with_windowing(0.5, 0.5))


@needs("gcc")
def test_a_recalibrated_model_scores_as_in_python(tmp_path: Path) -> None:
    """Its features are moved, and its normal scores too."""
    model = fitted(**MODELS["few bands"]).recalibrate([hum(1.0, seed) // 2 for seed in range(50, 60)], rate=RATE)
    program, sound = build(c_sources(model, hop_s=0.2), tmp_path), hum(3.0, 1) // 2
    found, expected = windows(program, sound), window_scores(model, Cut.of(model, 0.2), sound)
    np.testing.assert_allclose(found["score"], expected, rtol=1e-4)
    np.testing.assert_allclose(found["surprise"], model.calibration.surprises(expected), atol=1e-3)


@needs("gcc")
def test_a_model_of_an_earlier_version_keeps_the_mean_of_its_windows(tmp_path: Path) -> None:
    model = fitted(**MODELS["the lowest bins"])
    earlier = replace(model, lengths=None, by_length=None)
    sound = hum(2.0, 1)
    found = windows(build(c_sources(earlier, hop_s=0.2), tmp_path), sound)["score"]
    np.testing.assert_allclose(found, window_scores(earlier, Cut.of(model, 0.2), sound), rtol=1e-3)
    assert found.min() > 2 * window_scores(model, Cut.of(model, 0.2), sound).max()
