from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.decision import Threshold
from offkey.errors import AudioError, ParameterError


@pytest.mark.parametrize("given", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_no_number_is_an_error_of_its_clip_and_never_normal(
    normal_folder: Path, hum, monkeypatch: pytest.MonkeyPatch, given: float
) -> None:
    model = offkey.fit(normal_folder)
    monkeypatch.setattr(model.detector, "score", lambda X: np.array([given, 0.0])[: len(X)])
    bad, good = model.score([hum(1), hum(2)], rate=16_000)
    assert (bad.score, bad.p_value, bad.anomalous) == (None, None, None)
    assert "which decides nothing" in str(bad.error)
    assert good.error is None
    with pytest.raises(AudioError, match="decides nothing"):
        model.score(hum(1), rate=16_000)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_threshold_is_a_number(value: float) -> None:
    with pytest.raises(ParameterError, match="must be a finite score"):
        Threshold(value, 0.05, extrapolated=False)
