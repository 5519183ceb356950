from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import LocalOutlierFactor

from offkey.detectors import create


@pytest.mark.parametrize("k", [1, 5, 20])
def test_equals_scikit_learn(clips, new_clips, k: int) -> None:
    reference = LocalOutlierFactor(n_neighbors=k, novelty=True).fit(clips)
    expected = -reference.score_samples(new_clips)
    assert np.allclose(create("lof", n_neighbors=k).fit(clips).score(new_clips), expected, rtol=1e-9)
