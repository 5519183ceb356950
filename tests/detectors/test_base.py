from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create, find
from offkey.errors import ParameterError


def test_each_clip_is_scored_by_a_copy_fitted_without_its_group(clips) -> None:
    groups = np.arange(80) // 8
    scores = create("knn").fit_scored(clips, groups=groups, folds=10)
    for group in range(10):
        out = groups == group
        assert np.allclose(scores[out], create("knn").fit(clips[~out]).score(clips[out]), rtol=1e-9)


def test_too_few_groups_to_cross_validate(clips) -> None:
    with pytest.raises(ParameterError, match="too few clips to cross-validate"):
        create("knn").fit_scored(clips[:4], groups=[0, 0, 0, 0])


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="Did you mean 'mahalanobis'"):
        find("mahalonobis")
