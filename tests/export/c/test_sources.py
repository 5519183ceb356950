"""A model in C scores as in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.export.c.compiling import build, needs, run, windows
from tests.export.c.machine import RATE, fitted, hum

from offkey.export.c import c_sources
from offkey.export.c.cut import Cut
from offkey.export.c.replay import window_scores

BINS = {"features": "spectrum", "features_params": {"keep": list(range(2, 66))}}
MODELS: dict[str, dict[str, Any]] = {
    "log-mel bands": {"detector": "mahalanobis"},
    "bins": {"detector": "mahalanobis", **BINS},
    "bins apart": {"detector": "mahalanobis", "features": "spectrum", "features_params": {"keep": [5, 3, 90]}},
}


@needs("gcc")
@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS)
def test_c_scores_as_python_does(options: dict[str, Any], tmp_path: Path) -> None:
    model, sound = fitted(**options), np.concatenate([hum(2.5, 1), hum(1.5, 2, rattle=0.1)])
    program = build(c_sources(model, hop_s=0.2, clips=[sound]), tmp_path)
    assert ", 0 of them other than expected" in run(str(program))
    found, expected = windows(program, sound), window_scores(model, Cut.of(model, 0.2), sound)
    assert len(expected) == 16  # one each 192 ms
    np.testing.assert_allclose(found["score"], expected, rtol=1e-4)
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
