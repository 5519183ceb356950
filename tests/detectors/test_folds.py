from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from offkey.detectors.folds import enough_folds, fold_numbers

COUNTS = st.integers(1, 80)
FOLDS = st.integers(1, 12)
SEEDS = st.integers(0, 5)


@given(COUNTS, FOLDS, SEEDS)
def test_folds_are_even_complete_and_repeatable(n: int, folds: int, seed: int) -> None:
    fold = fold_numbers(n, folds, seed=seed)
    sizes = np.bincount(fold, minlength=min(folds, n))
    assert len(sizes) == min(folds, n)
    assert sizes.min() >= 1
    assert sizes.max() - sizes.min() <= 1
    assert (fold == fold_numbers(n, folds, seed=seed)).all()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), FOLDS, SEEDS)
def test_a_group_stays_in_one_fold(groups: list[int], folds: int, seed: int) -> None:
    fold = fold_numbers(len(groups), folds, seed=seed, groups=groups)
    for group in set(groups):
        assert len(set(fold[np.array(groups) == group])) == 1
    assert set(fold) == set(range(min(folds, len(set(groups)))))


@given(st.integers(0, 60), st.integers(1, 10), FOLDS, SEEDS)
def test_a_domain_is_spread_evenly(n_source: int, n_target: int, folds: int, seed: int) -> None:
    domains = ["source"] * n_source + ["target"] * n_target
    fold = fold_numbers(len(domains), folds, seed=seed, domains=domains)
    in_fold = np.bincount(fold[n_source:], minlength=fold.max() + 1)
    assert in_fold.max() - in_fold.min() <= 1


def test_the_seed_matters() -> None:
    assert (fold_numbers(50, 5, seed=0) != fold_numbers(50, 5, seed=1)).any()


def test_few_clips_are_left_out_one_by_one_and_more_are_not_fitted_too_often() -> None:
    assert [enough_folds(n) for n in (5, 60, 100, 200, 300, 600, 1000, 10_000)] == [5, 60, 100, 30, 20, 10, 6, 5]
    assert all(n * enough_folds(n) <= max(10_000, 5 * n) for n in range(1, 20_000, 7))
