"""Every registered detector keeps what detectors promise, and the checks notice one that does not."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create, find, names
from offkey.detectors.base import Detector
from offkey.detectors.checks import (
    CHECKS,
    Make,
    check_cross_validated,
    check_detector,
    check_groups,
    check_rows_alone,
    check_saved,
)
from offkey.detectors.knn import KNN


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", names())
def test_detector_keeps_its_promises(name: str, check, whole_make) -> None:
    check(whole_make(name))


class UsesTheBatch(KNN):
    def _score(self, X):
        return super()._score(X) - super()._score(X).mean()


class Forgets(KNN):
    def _fit(self, X, domains):
        super()._fit(X, domains)
        self._scale = 3.0

    def _score(self, X):
        return super()._score(X) * getattr(self, "_scale", 1.0)


class KnowsItsClips(KNN):
    def fit_scored(self, X, **options):
        return self.fit(X).score(X)


class IgnoresGroups(KNN):
    def fit_scored(self, X, *, groups=None, **options):
        return super().fit_scored(X, **options)


class ItsMembersIgnoreGroups(KNN):
    """Groups reach only one part of it, as of a detector that joins several."""

    def fit_scored(self, X, *, groups=None, **options):
        held_out = create("band_agreement").fit_scored(X, groups=groups, **options)
        return super().fit_scored(X, **options) + 1e-3 * held_out


@pytest.mark.parametrize(
    ("make", "check", "words"),
    [
        (UsesTheBatch, check_rows_alone, "a clip alone scores other"),
        (Forgets, check_saved, "loaded detector scores differently"),
        (KnowsItsClips, check_cross_validated, "in 0% of pairs"),
        (IgnoresGroups, check_groups, "ignores groups"),
        (ItsMembersIgnoreGroups, check_groups, "group is held out exceed new ones' in 0% of pairs"),
    ],
)
def test_checks_notice(make: Make, check, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check(make)


def test_check_detector_runs_all_checks() -> None:
    check_detector("knn", n_neighbors=2)
    with pytest.raises(TypeError, match="neighbours"):
        check_detector("knn", neighbours=2)


def test_every_detector_is_documented() -> None:
    for name in names():
        cls = find(name)
        assert issubclass(cls, Detector)
        assert cls.name == name
        for param in cls.defaults():
            assert f"    {param} : " in cls.__doc__, (name, param)
    assert np.array(names()).size == len(set(names()))
