from __future__ import annotations

import numpy as np
import pytest

from offkey.learned.identify.temperature import fit_temperature, mean_log_loss, probabilities


@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0, 20.0])
def test_the_temperature_is_found_by_which_logits_were_inflated(scale: float) -> None:
    rng = np.random.default_rng(0)
    logits = 1.5 * rng.standard_normal((4000, 3))
    drawn = rng.random((4000, 1)) > probabilities(logits).cumsum(axis=1)  # so these are calibrated as they are
    y = drawn.sum(axis=1)
    found = fit_temperature(scale * logits, y)
    assert found / scale == pytest.approx(1, abs=0.15)
    assert mean_log_loss(scale * logits, y, found) <= mean_log_loss(scale * logits, y, 1.0) + 1e-6


def test_a_few_clips_all_right_are_no_reason_to_be_certain() -> None:
    y = np.arange(12) % 3
    logits = 2.0 * np.eye(3)[y]
    shares = probabilities(logits, fit_temperature(logits, y))
    assert shares[np.arange(12), y] == pytest.approx(13 / 15, abs=1e-3)  # (n + 1) / (n + 3)
    many = np.arange(1200) % 3
    sure = probabilities(2.0 * np.eye(3)[many], fit_temperature(2.0 * np.eye(3)[many], many))
    assert sure.max() > 0.99


def test_probabilities_are_shares_even_of_huge_logits() -> None:
    shares = probabilities(np.array([[1e4, 0.0, -1e4], [0.0, 0.0, 0.0]]), 0.5)
    np.testing.assert_allclose(shares, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]])
