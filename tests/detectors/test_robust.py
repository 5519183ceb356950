from __future__ import annotations

import numpy as np
import pytest
from sklearn.covariance import MinCovDet

from offkey.detectors import create
from offkey.evaluation.metrics import auc


def test_equals_the_formula_with_scikit_learn(clips, new_clips) -> None:
    middle = np.median(clips, axis=0)
    unit = 1.4826 * np.median(np.abs(clips - middle), axis=0)
    old, new = (clips - middle) / unit, (new_clips - middle) / unit
    axes = np.linalg.svd(old / np.linalg.norm(old, axis=1, keepdims=True))[2][:4]
    most = MinCovDet(support_fraction=0.75, random_state=0).fit(old @ axes.T)

    def beside(rows: np.ndarray) -> np.ndarray:
        return ((rows - rows @ axes.T @ axes) ** 2).sum(axis=1)

    square = most.mahalanobis(new @ axes.T) / 4 + 3 * beside(new) / np.median(np.sqrt(beside(old))) ** 2
    np.testing.assert_allclose(create("robust", n_components=4).fit(clips).score(new_clips), np.sqrt(square), rtol=1e-4)


@pytest.mark.parametrize("faulty", [2, 5, 10])
def test_a_few_faulty_clips_among_those_learnt_hardly_matter(faulty: int) -> None:
    """Of 100 training clips; the plain distance takes the fault for one more way in which normal clips vary."""
    rng = np.random.default_rng(0)
    ways, fault = rng.normal(size=(6, 48)), 2.5 * (np.arange(48) > 30)

    def drawn(n: int) -> np.ndarray:
        return rng.normal(size=(n, 6)) @ ways + rng.normal(size=(n, 48))

    X = np.vstack([drawn(100 - faulty), drawn(faulty) + fault])
    new, labels = np.vstack([drawn(200), drawn(200) + fault]), np.repeat([0, 1], 200)
    clean = auc(labels, create("robust").fit(drawn(100)).score(new))
    mixed = auc(labels, create("robust").fit(X).score(new))
    assert mixed > clean - 0.05
    assert mixed > auc(labels, create("mahalanobis").fit(X).score(new)) + (0.02 if faulty > 2 else 0)


def test_only_the_first_columns_count_where_blocks_are_told(clips, new_clips) -> None:
    wide, new = (np.hstack([X, X**2]) for X in (clips, new_clips))
    first = create("robust", bands=clips.shape[1]).fit(wide)
    np.testing.assert_array_equal(first.score(new), create("robust").fit(clips).score(new_clips))
    assert not first.contributions(new[0]).values[clips.shape[1] :].any()


def test_does_not_depend_on_scale_or_offset(clips, new_clips) -> None:
    plain = create("robust").fit(clips).score(new_clips)
    scaled = create("robust").fit(4.34 * clips - 100).score(4.34 * new_clips - 100)
    np.testing.assert_allclose(plain, scaled, rtol=1e-5)
