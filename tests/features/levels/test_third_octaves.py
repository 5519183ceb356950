from __future__ import annotations

import numpy as np
import pytest

from offkey.features.levels.third_octaves import (
    NOMINAL_HZ,
    band_edges_hz,
    band_power_gain,
    mid_frequencies_hz,
    n_bands,
)

G = 10**0.3
# IEC 61260-1:2014, table 1, class 1: at G to the power of each, the attenuation in dB lies between these
PASS = [(0, -0.4, 0.4), (1 / 8, -0.4, 0.5), (1 / 4, -0.4, 0.7), (3 / 8, -0.4, 1.4), (0.499, -0.4, 5.3)]
STOP = [(0.5, 1.2, np.inf), (1, 16.6, np.inf), (2, 40.5, np.inf), (3, 60.0, np.inf), (4, 70.0, np.inf)]


@pytest.mark.parametrize(("exponent", "least_db", "most_db"), PASS + STOP)
def test_the_filters_keep_the_limits_of_class_1(exponent: float, least_db: float, most_db: float) -> None:
    third = 1 + (G ** (1 / 6) - 1) / (G**0.5 - 1) * (G**exponent - 1)  # from octaves to thirds: equation (9)
    gain = band_power_gain(1000 * np.array([third, 1 / third]), 1000.0)
    attenuation = -10 * np.log10(gain)
    assert (attenuation >= least_db).all()
    assert (attenuation <= most_db).all()


def test_the_noise_bandwidth_is_that_of_an_ideal_filter_within_class_1() -> None:
    hz = np.linspace(1, 20_000, 2_000_000)
    low_hz, high_hz = band_edges_hz()[NOMINAL_HZ.index("1000")]
    pink = band_power_gain(hz, 1000.0) / hz  # the standard weighs by a sweep, which is pink
    deviation_db = 10 * np.log10(pink.sum() * (hz[1] - hz[0]) / np.log(high_hz / low_hz))
    assert abs(deviation_db) < 0.4  # 5.12
    assert deviation_db == pytest.approx(0.05, abs=0.01)


def test_bands_adjoin_and_their_nominal_frequencies_are_near() -> None:
    edges, middles = band_edges_hz(), mid_frequencies_hz()
    np.testing.assert_allclose(edges[1:, 0], edges[:-1, 1])
    np.testing.assert_allclose(middles, [float(nominal) for nominal in NOMINAL_HZ], rtol=0.02)
    assert middles[NOMINAL_HZ.index("1000")] == pytest.approx(1000)


@pytest.mark.parametrize(("rate", "highest"), [(8_000, "3150"), (16_000, "6300"), (48_000, "20000")])
def test_bands_lie_below_half_the_rate(rate: int, highest: str) -> None:
    assert NOMINAL_HZ[n_bands(rate) - 1] == highest
