"""Lulls in a graph."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.export.front_ends.lulls import lulls
from offkey.features.lulls import lulls as expected_lulls
from offkey.graph import Builder
from offkey.runtime.graph import run


@pytest.mark.parametrize("n_frames", [1, 2, 3, 5, 6, 12, 16, 35, 71, 311])
@pytest.mark.parametrize(("n_bands", "groups"), [(128, [0, 3, 15]), (37, list(range(16))), (9, [8, 2])])
def test_windows_longer_than_the_sound_have_none(n_frames: int, n_bands: int, groups: list[int]) -> None:
    frames = np.random.default_rng(n_frames).normal(-60, 6, (2, n_bands, n_frames)).astype(np.float32)
    b = Builder()
    found = lulls(b, b.input("levels", np.float32, ("batch", n_bands, n_frames)), n_bands, n_frames, groups)
    expected = [expected_lulls(one, groups).reshape(-1) for one in frames]
    np.testing.assert_allclose(run(b.graph(), {"levels": frames}, [found])[found], expected, rtol=1e-5, atol=1e-4)
