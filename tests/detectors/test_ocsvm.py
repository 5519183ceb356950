from __future__ import annotations

import numpy as np
import pytest
from sklearn.svm import OneClassSVM

from offkey.detectors import create


@pytest.mark.parametrize(("nu", "gamma"), [(0.1, None), (0.5, 0.02), (0.99, 1.0)])
def test_equals_scikit_learn(clips, new_clips, nu: float, gamma: float | None) -> None:
    reference = OneClassSVM(nu=nu, gamma="scale" if gamma is None else gamma).fit(clips)
    expected = -reference.decision_function(new_clips)
    assert np.allclose(create("ocsvm", nu=nu, gamma=gamma).fit(clips).score(new_clips), expected, rtol=1e-9, atol=1e-9)
