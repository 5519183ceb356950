from __future__ import annotations

import numpy as np
import pytest

from offkey.features.levels.weighting import a_weighting, c_weighting

# IEC 61672-1:2013, table 3: nominal frequency in Hz, weightings A and C in dB
TABLE_3 = """
10 -70.4 -14.3
12.5 -63.4 -11.2
16 -56.7 -8.5
20 -50.5 -6.2
25 -44.7 -4.4
31.5 -39.4 -3.0
40 -34.6 -2.0
50 -30.2 -1.3
63 -26.2 -0.8
80 -22.5 -0.5
100 -19.1 -0.3
125 -16.1 -0.2
160 -13.4 -0.1
200 -10.9 0.0
250 -8.6 0.0
315 -6.6 0.0
400 -4.8 0.0
500 -3.2 0.0
630 -1.9 0.0
800 -0.8 0.0
1000 0.0 0.0
1250 0.6 0.0
1600 1.0 -0.1
2000 1.2 -0.2
2500 1.3 -0.3
3150 1.2 -0.5
4000 1.0 -0.8
5000 0.5 -1.3
6300 -0.1 -2.0
8000 -1.1 -3.0
10000 -2.5 -4.4
12500 -4.3 -6.2
16000 -6.6 -8.5
20000 -9.3 -11.2
"""
ROWS = [tuple(map(float, line.split())) for line in TABLE_3.split("\n") if line]


@pytest.mark.parametrize(("place", "weighting"), [(1, a_weighting), (2, c_weighting)])
def test_the_weightings_are_those_of_the_standards_table(place: int, weighting) -> None:
    exact_hz = 1000 * 10 ** (np.arange(-20, 14) / 10)  # what the nominal frequencies stand for
    db = 20 * np.log10(weighting(exact_hz))
    np.testing.assert_allclose(db, [row[place] for row in ROWS], atol=0.051)  # the table has one decimal


def test_the_gain_is_1_at_1_khz_and_nothing_at_0_hz() -> None:
    for weighting in (a_weighting, c_weighting):
        assert weighting(np.array([0.0, 1000.0])) == pytest.approx([0, 1], abs=1e-4)
