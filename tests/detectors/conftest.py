"""Clips for the detectors' tests."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture
def clips() -> NDArray[np.float64]:
    """80 clips of 10 features that vary together, as the bands of spectra do."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(80, 4)) @ rng.normal(size=(4, 10)) + 0.3 * rng.normal(size=(80, 10)) - 5


@pytest.fixture
def new_clips() -> NDArray[np.float64]:
    """30 further clips, like and unlike those of `clips`."""
    rng = np.random.default_rng(1)
    return rng.normal(size=(30, 10)) * rng.uniform(0.1, 5, size=(30, 1)) - 5
