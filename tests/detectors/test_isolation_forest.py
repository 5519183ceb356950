from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from offkey.detectors import create


@pytest.mark.parametrize("max_clips", [2, 30, 256])
def test_equals_scikit_learn(clips, new_clips, max_clips: int) -> None:
    size = min(max_clips, len(clips))
    centre, scale = clips.mean(axis=0), np.sqrt(clips.var(axis=0).mean())
    reference = IsolationForest(n_estimators=20, max_samples=size, random_state=5).fit((clips - centre) / scale)
    detector = create("isolation_forest", n_trees=20, max_clips=max_clips, seed=5).fit(clips)
    assert np.allclose(detector.score(new_clips), -reference.score_samples((new_clips - centre) / scale), rtol=1e-12)


def test_numbers_beyond_single_precision_are_scored(clips) -> None:
    scores = create("isolation_forest").fit(clips).score(np.full((1, 10), 1e300))
    assert np.isfinite(scores).all()
