"""The promised false-alarm rate on normal clips of real machines that no model has heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.fft import idct

from offkey.decision import Calibration
from offkey.detectors import create


@pytest.mark.parametrize("cell", ["fan_0dB_id_00", "fan_min6dB_id_02", "pump_6dB_id_02", "pump_0dB_id_00"])
@pytest.mark.parametrize("detector", ["knn", "fused"])
def test_the_promised_rate_is_kept_on_held_out_normals(shared_data: Path, cell: str, detector: str) -> None:
    """Within the error of 300 calibration scores and some 600 held-out clips, at five standard errors."""
    rows = np.load(shared_data / "mimii_spectra" / f"{cell}_normal.npy")[:, :128].astype(float)
    X = idct(rows, norm="ortho")[np.random.default_rng(0).permutation(len(rows))]
    fitted = create(detector)
    calibration = Calibration(fitted.fit_scored(X[:300]))
    scores = fitted.score(X[300:])
    for rate in (0.01, 0.05, 0.1):
        alarms = int((scores > calibration.threshold(rate).value).sum())
        n = len(scores)
        # the rate given 300 calibration scores is beta-distributed; alarms given the rate are binomial
        most = stats.betabinom(n, rate * 301, (1 - rate) * 301).isf(3e-7)
        assert alarms <= most, (rate, alarms, n)
