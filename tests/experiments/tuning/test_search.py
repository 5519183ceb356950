from __future__ import annotations

import sys

import pytest

from offkey.errors import MissingExtraError, UsageError
from offkey.experiments.candidate import Candidate
from offkey.experiments.space import Space
from offkey.experiments.tuning.search import Search, check_search, planned, search_informed

SPACE = Space(
    "gmm", "logmel", {"n_components": [1, 2, 4, 8], "covariance_type": ["full", "diag"]}, {"n_mels": [32, 64]}
)


def test_a_grid_tries_everything() -> None:
    assert planned(SPACE, Search.GRID, 3, 0) == list(SPACE)


def test_random_draws_without_replacement_by_seed() -> None:
    drawn = planned(SPACE, Search.RANDOM, 6, 0)
    assert len({candidate.key for candidate in drawn}) == 6
    assert drawn == planned(SPACE, Search.RANDOM, 6, 0)
    assert drawn != planned(SPACE, Search.RANDOM, 6, 1)
    mels = [candidate.features_params["n_mels"] for candidate in drawn]
    assert mels == sorted(mels)  # the candidates of one front end lie together
    assert planned(SPACE, Search.RANDOM, 99, 0) == list(SPACE)


def test_a_number_of_trials_for_a_grid_is_refused() -> None:
    with pytest.raises(UsageError, match="A grid tries every combination"):
        check_search(Search.GRID, 5)
    check_search(Search.RANDOM, 5)


def test_optuna_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"needs optuna, which is not installed: pip install 'offkey\[tune\]'"):
        check_search(Search.OPTUNA, None)


def test_optuna_finds_the_best_and_measures_nothing_twice() -> None:
    pytest.importorskip("optuna")
    measured: list[Candidate] = []

    def measure(candidate: Candidate) -> float | None:
        measured.append(candidate)
        n = candidate.detector_params["n_components"]
        if n == 8:
            return None  # cannot be fitted
        return -abs(n - 4) + (candidate.detector_params["covariance_type"] == "diag")

    check_search(Search.OPTUNA, 40)
    search_informed(SPACE, 40, 0, measure)
    assert len({candidate.key for candidate in measured}) == len(measured) <= 16
    assert any(c.detector_params == {"n_components": 4, "covariance_type": "diag"} for c in measured)
    first = list(measured)
    measured.clear()
    search_informed(SPACE, 40, 0, measure)
    assert measured == first
