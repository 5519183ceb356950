"""In which order candidates are tried, and which of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np

from offkey.errors import UsageError, require
from offkey.experiments.candidate import Candidate
from offkey.experiments.space import Axis, Space

__all__ = ["Search", "check_search", "planned", "search_informed"]

Measure = Callable[[Candidate], float | None]


class Search(StrEnum):
    """Ways to search a space."""

    GRID = "grid"
    RANDOM = "random"
    OPTUNA = "optuna"


def check_search(how: Search, trials: int | None) -> None:
    """Check, before long work, that a search can be done."""
    if how is Search.GRID and trials is not None:
        raise UsageError("A grid tries every combination: leave the number of trials out, or search at random.")
    if how is Search.OPTUNA:
        _optuna()


def planned(space: Space, how: Search, trials: int, seed: int) -> list[Candidate]:
    """Return the candidates of a search that needs no figures to decide what comes next.

    `how`: ``grid``: all of them. ``random``: `trials` of them, drawn without replacement, which finds as good ones
        sooner where few parameters matter (Bergstra & Bengio, "Random search for hyper-parameter optimization", JMLR
        13, 2012). ``optuna``: none, see `search_informed`.
    """
    if how is Search.OPTUNA:
        return []
    candidates = list(space)
    if how is Search.GRID or trials >= len(candidates):
        return candidates
    drawn = np.random.default_rng(seed).choice(len(candidates), trials, replace=False)
    return [candidates[place] for place in sorted(drawn.tolist())]


def search_informed(space: Space, trials: int, seed: int, measure: Measure) -> None:
    """Search with Optuna, each draw informed by the figures so far.

    The draws are those of the tree-structured Parzen estimator (Bergstra et al., "Algorithms for
    hyper-parameter optimization", NIPS 2011); what is drawn again is not measured again.

    `measure`: called with each new candidate; returns its figure, or None if it cannot be measured.
    """
    optuna = _optuna()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    known: dict[str, float | None] = {}
    for _ in range(trials):
        trial = study.ask()
        candidate = space.at([_suggested(trial, axis) for axis in space.axes])
        if candidate.key not in known:
            known[candidate.key] = measure(candidate)
        figure = known[candidate.key]
        if figure is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(trial, figure)


def _suggested(trial: Any, axis: Axis) -> int:
    """Return the place of the value that is suggested; numbers have an order, other values do not."""
    name, last = f"{axis.owner}.{axis.name}", len(axis.values) - 1
    place = (
        trial.suggest_int(name, 0, last) if axis.is_numeric else trial.suggest_categorical(name, list(range(last + 1)))
    )
    return int(place)


def _optuna() -> Any:
    return require("optuna", "tune", "The search 'optuna'")
