from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.detectors.folds import fold_numbers
from offkey.detectors.moments import Moments
from offkey.errors import ParameterError

NAMES = ["mahalanobis", "pca_residual"]


def _by_domain(X: np.ndarray, domains: np.ndarray) -> dict[str, Moments]:
    return {str(name): Moments.of(X[domains == name]) for name in np.unique(domains)}


@pytest.mark.parametrize("name", NAMES)
def test_moments_by_domain_say_what_clips_with_domains_say(name: str, clips, new_clips) -> None:
    domains = np.repeat(["few", "source", "target"], [4, 50, 26])
    moved = clips + 3.0 * (domains == "target")[:, None]
    fitted = create(name).fit_moments(_by_domain(moved, domains))
    expected = create(name).fit(moved, domains=domains)
    assert np.allclose(fitted.moves_, expected.moves_, rtol=1e-12)
    assert np.allclose(fitted.score(new_clips), expected.score(new_clips), rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_no_clip_is_scored_by_what_saw_it(name: str, clips) -> None:
    """Whole domains fall into a fold here, and groups of clips are held out together."""
    domains = np.repeat(["source", "target"], [60, 20])
    rows = np.r_[0:30, 60:80]
    groups = np.r_[0:30, np.repeat([60, 61], 10)]
    sample, told = clips[rows], domains[rows]
    scores = create(name).fit_moments_scored(
        _by_domain(clips, domains), sample, domains=told, groups=groups, folds=2, seed=3
    )
    fold = fold_numbers(len(sample), 2, seed=3, domains=told, groups=groups)
    for number in (0, 1):
        rest = np.delete(np.arange(80), rows[fold == number])
        expected = create(name).fit(clips[rest], domains=domains[rest]).score(sample[fold == number])
        assert np.allclose(scores[fold == number], expected, rtol=1e-9)


def test_a_later_fit_forgets_the_moments(clips, new_clips) -> None:
    domains = np.repeat(["source", "target"], [60, 20])
    detector = create("mahalanobis").fit_moments(_by_domain(clips, domains))
    alone = create("mahalanobis").fit(clips).score(new_clips)
    assert not np.allclose(detector.score(new_clips), alone)
    assert np.allclose(detector.fit_moments(Moments.of(clips)).score(new_clips), alone, rtol=1e-9)


def test_what_is_wrong_is_said(clips) -> None:
    detector = create("mahalanobis")
    with pytest.raises(ParameterError, match=r"at least 2 clips to fit\. Got moments of 1 instead"):
        detector.fit_moments(Moments.of(clips[:1]))
    with pytest.raises(ParameterError, match="needs 'domains' where its moments are by domain, and only there"):
        detector.fit_moments_scored({"a": Moments.of(clips)}, clips)
    with pytest.raises(ParameterError, match="one at least must be left"):
        detector.fit_moments_scored(Moments.of(clips[:8]), clips[:8], folds=1)
