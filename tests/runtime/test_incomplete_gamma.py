from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import gammaincc

from offkey.runtime.incomplete_gamma import SHAPES, upper_gamma


@pytest.mark.parametrize("shape", [1e-4, 3.6e-4, 0.01, 0.2, 0.5, 1, 2, 3.7, 10, 50, 265, 1000, 1e4])
def test_it_is_that_of_scipy(shape: float) -> None:
    near = shape + math.sqrt(shape) * np.linspace(-6, 25, 120)
    x = np.concatenate([near[near >= 0], shape * np.geomspace(1e-6, 20, 40), shape + 1 + np.array([-1e-9, 0, 1e-9])])
    expected = gammaincc(shape, x)
    found = np.array([upper_gamma(shape, value) for value in x.tolist()])
    normal = expected > 1e-290  # below, floats lose digits
    np.testing.assert_allclose(found[normal], expected[normal], rtol=1e-9)
    np.testing.assert_allclose(found[~normal], 0, atol=1e-289)


def test_its_ends_are_exact() -> None:
    assert upper_gamma(2.5, 0.0) == 1
    assert upper_gamma(2.5, math.inf) == upper_gamma(2.5, 1e6) == 0
    assert upper_gamma(SHAPES[1], 1e-3) == 1


@pytest.mark.parametrize(("shape", "x"), [(0, 1), (1e5, 1), (math.nan, 1), (1, -1), (1, math.nan)])
def test_what_it_is_not_made_for_is_refused(shape: float, x: float) -> None:
    with pytest.raises(ValueError, match="takes a shape from"):
        upper_gamma(shape, x)
