"""Clips for the detectors' tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.detectors import find
from offkey.detectors.base import Detector


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


@pytest.fixture
def whole_make(request: pytest.FixtureRequest) -> Callable[[str], Callable[..., Detector]]:
    """Return a function: name of a detector to what makes one, small where it trains, grows or needs a model."""

    def make(name: str) -> Callable[..., Detector]:
        cls: Callable[..., Detector] = find(name)
        defaults = find(name).defaults()
        if "epochs" in defaults:  # it trains a network: here a tiny one
            pytest.importorskip("torch", reason="the extra torch is not installed")
            return partial(cls, epochs=3, batch_size=16, widths=[8])
        if "n_trees" in defaults:  # each takes milliseconds to grow
            return partial(cls, n_trees=20)
        if defaults.get("model", "") is None:
            return partial(cls, model=str(request.getfixturevalue("hub_folder") / "clap"))
        return cls

    return make
