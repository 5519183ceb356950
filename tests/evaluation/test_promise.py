from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from offkey.errors import ParameterError
from offkey.evaluation.promise import Promise, broken_promises


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("n", [0, 1, 40, 1000])
def test_the_limit_is_the_binomial_quantile(rate: float, n: int) -> None:
    most = Promise(rate, 0, n).most
    assert most == int(binom.ppf(0.975, n, rate))
    assert Promise(rate, most, n).kept
    assert not Promise(rate, most + 1, n).kept


def test_a_kept_promise_is_rarely_called_broken() -> None:
    alarms = np.random.default_rng(0).binomial(400, 0.05, 2000)
    broken = np.mean([not Promise(0.05, int(count), 400).kept for count in alarms])
    assert 0.005 < broken < 0.03


def test_only_what_is_broken_is_told() -> None:
    told = broken_promises([("fan 00", Promise(0.01, 2, 40)), ("fan 00, target", Promise(0.01, 9, 40))])
    assert told == [
        "The promised false-alarm rate of 0.01 does not hold for fan 00, target: 9 of 40 normal clips (0.225) are "
        "called anomalous, where chance explains up to 2."
    ]


def test_a_rate_must_be_one() -> None:
    with pytest.raises(ParameterError, match=r"in the range \(0, 1\)\. Got 1"):
        Promise(1, 0, 10)
