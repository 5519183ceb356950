from __future__ import annotations

import numpy as np
import pytest

from offkey.explain.explanation import Contributions
from offkey.explain.regions import find_regions

EDGES = np.stack([np.arange(20) * 100.0, np.arange(1, 21) * 100.0], axis=1)
FRAME_S = 0.1


def _regions(deviations: np.ndarray, bands: np.ndarray | None = None, times: np.ndarray | None = None) -> list:
    """Find regions where every band and second adds alike to the score, unless told otherwise."""
    n_s = round(deviations.shape[1] * FRAME_S)
    of_bands = Contributions(np.append(EDGES[:, 0], EDGES[-1, 1]), np.ones(20) if bands is None else bands, True, "")
    of_times = Contributions(np.arange(n_s + 1.0), np.ones(n_s) if times is None else times, True, "")
    return find_regions(deviations.astype(np.float32), EDGES, FRAME_S, of_bands, of_times)


@pytest.fixture
def two_faults() -> np.ndarray:
    """A strong fault in bands 2 to 4 that comes twice, and a weaker one, below normal, in bands 12 to 14."""
    deviations = np.zeros((20, 100))
    deviations[2:5, 20:40] = deviations[2:5, 70:90] = 9.0
    deviations[12:15, 50:80] = -6.0
    return deviations


def test_the_strongest_region_comes_first_with_its_bands_and_times(two_faults: np.ndarray) -> None:
    first, second = _regions(two_faults)
    assert (first.low_hz, first.high_hz, first.higher) == (200, 500, True)
    np.testing.assert_allclose(first.spans_s, [(2.0, 4.0), (7.0, 9.0)], atol=0.31)
    assert (second.low_hz, second.high_hz, second.higher) == (1200, 1500, False)
    assert first.share > second.share
    assert (first.deviation, second.deviation) == (pytest.approx(9), pytest.approx(6))


def test_what_adds_nothing_to_the_score_is_no_region(two_faults: np.ndarray) -> None:
    bands = np.ones(20)
    bands[2:5] = 0
    (only,) = _regions(two_faults, bands=bands)
    assert (only.low_hz, only.high_hz) == (1200, 1500)
    times = np.ones(10)
    times[7:9] = 0
    assert len(_regions(two_faults, times=times)[0].spans_s) == 1


def test_nothing_deviates_in_a_normal_clip() -> None:
    assert _regions(np.random.default_rng(0).uniform(-1, 1, (20, 100))) == []
