"""The false-alarm rates and p-values to expect of a promise, with as many normal clips as there are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ParameterError

__all__ = [
    "Realised",
    "describe_p_value",
    "describe_realised",
    "false_alarms_of",
    "realised_rate",
    "realised_rates",
    "told_rates",
]

_TOLD = (0.01, 0.05)  # rates of which people are told what their clips can do, beside the one that they ask for

_SHARE = 0.9


@dataclass(frozen=True)
class Realised:
    """Between which rates the share of new normal clips lies that a threshold calls anomalous.

    `low`, `high`: for nine of ten sets of training clips the share of new normal clips lies between them.
    `extrapolated`: whether the clips are too few to promise the rate; `low` is then 0, and `high` that of their highest
        score.
    """

    promised: float
    low: float
    high: float
    extrapolated: bool


def realised_rate(n: int, rate: float) -> Realised:
    """Return what a promised false-alarm rate becomes, as an interval for nine of ten sets of `n` normal clips.

    On average a promise is kept; one set of clips has its own share. That of a threshold at the k-th highest of n
    scores is distributed as Beta(k, n + 1 - k), whatever the sound and the detector (V. Vovk, "Conditional validity of
    inductive conformal predictors", ACML 2012, on validity for one training set, where the scores are of clips that
    were not learnt; for cross-validated scores it is an approximation).

    `rate`: the promised false-alarm rate, between 0 and 1, both excluded.
    """
    if n < 1 or not 0 < rate < 1:
        raise ParameterError(f"Expected at least one clip and a rate between 0 and 1. Got {n!r} and {rate!r} instead.")
    from scipy.special import betaincinv

    beyond = (1 - _SHARE) / 2
    rank = math.floor(rate * (n + 1) * (1 + 1e-12))
    if rank == 0:
        return Realised(rate, 0.0, float(betaincinv(1, n, 1 - beyond)), extrapolated=True)
    low, high = (float(betaincinv(rank, n + 1 - rank, share)) for share in (beyond, 1 - beyond))
    return Realised(rate, low, high, extrapolated=False)


def false_alarms_of(n: int, rate: float, m: int) -> tuple[int, int]:
    """Return between how many false alarms lie, in nine of ten cases, among `m` new normal clips.

    With the threshold at the k-th highest score of `n` normal clips their number is distributed as beta-binomial(m, k,
    n + 1 - k): the distribution of `realised_rate`, and then the chance of each clip. Where the rate is extrapolated,
    it is at most that of the highest score, k = 1, and may be none.

    `rate`: the promised false-alarm rate, between 0 and 1, both excluded.
    """
    chance = np.cumsum(_chances(max(1, math.floor(rate * (n + 1) * (1 + 1e-12))), n, m))
    beyond = (1 - _SHARE) / 2
    low, high = (min(m, int(np.searchsorted(chance, share))) for share in (beyond, 1 - beyond))
    return (0 if realised_rate(n, rate).extrapolated else low), high


def chance_of_alarms(n: float, rate: float, m: int, count: int) -> float:
    """Return the chance that so many, or more, of `m` new normal clips score as high as a share `rate` of `n`.

    `rate`: by ``rate * (n + 1)`` a rank among the scores of the `n` clips; between 0 and 1, both excluded.
    """
    if not 0 < rate < 1:
        raise ParameterError(f"The rate must lie between 0 and 1. Got {rate!r} instead.")
    return 1.0 if count <= 0 else min(1.0, float(_chances(rate * (n + 1), n, m)[count:].sum()))


def _chances(rank: float, n: float, m: int) -> NDArray[np.float64]:
    """Return the chance of each number of `m` new scores, 0 to m, above the one of a rank from the highest of `n`."""
    from scipy.special import betaln, gammaln

    count = np.arange(m + 1)
    ways = gammaln(m + 1) - gammaln(count + 1) - gammaln(m - count + 1)
    chances: NDArray[np.float64] = np.exp(
        ways + betaln(count + rank, m - count + n + 1 - rank) - betaln(rank, n + 1 - rank)
    )
    return chances


def realised_rates(n: int, false_alarm_rate: float) -> list[Realised]:
    """Return what the rates 0.01 and 0.05, and the one that was asked for, become with `n` normal clips."""
    return [realised_rate(n, rate) for rate in told_rates(false_alarm_rate)]


def told_rates(false_alarm_rate: float) -> list[float]:
    """Return the rates that people are told of, in ascending order: 0.01, 0.05 and the one that was asked for."""
    return [rate for rate in sorted({*_TOLD, false_alarm_rate}) if 0 < rate < 1]


def describe_realised(
    n: int, false_alarm_rate: float, *, recordings: int | None = None, groups: int | None = None
) -> str:
    """Say in a sentence what the rates 0.01 and 0.05, and the one that was asked for, become with `n` normal clips.

    `recordings`: from how many recordings the windows are, where a recording has several: these are alike.
    `groups`: how many groups the clips are of, where they are grouped: as many clips are what they are worth.
    """
    parts, each = [], "clips" if groups is None else "groups"
    for found in realised_rates(n if groups is None else groups, false_alarm_rate):
        needed = math.ceil(1 / found.promised - 1e-9) - 1
        part = f"one of {found.promised:g} becomes {found.low:.2g} to {found.high:.2g}"
        parts.append(part + f" (an estimate; {needed} {each} would guarantee it)" * found.extrapolated)
    several = recordings is not None and recordings < n
    what = f"{n} windows of {recordings} recordings" if several else f"{n} normal clips"
    wider = ", and a wider range as windows of a recording are alike" if several else ""
    if groups is not None:
        what, wider = f"{n} normal clips of {groups} groups", ""
    first, *others = parts
    rates = ", and ".join([first.replace("one of", "a promised false-alarm rate of"), *others])
    return f"With {what}, {rates}, in 9 of 10 such fits{wider}."


def describe_p_value(p_value: float, n: int) -> str:
    """Return a p-value in words: ``p 0.12``, or that a score lies beyond all `n` normal clips.

    `p_value`: as `Calibration.p_values` gives it.
    """
    if p_value * (n + 1) > 1 + 1e-6:
        return f"p-value {p_value:.2g}"
    return f"beyond all {n} normal clips (p at most 1/{n + 1}, the least that {n} clips can show)"
