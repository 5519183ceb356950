from __future__ import annotations

import numpy as np
import pytest

from offkey.decision import lasting_change
from offkey.errors import ParameterError


def test_a_change_that_lasts_is_found_from_its_first_to_its_last_alarm() -> None:
    alarms = np.zeros(360, bool)
    alarms[10] = True  # a false alarm
    alarms[240:] = True
    alarms[[250, 300]] = False
    assert lasting_change(alarms, 0.02) == slice(240, 360)
    alarms[280:] = False
    assert lasting_change(alarms, 0.02) == slice(240, 280)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2])
def test_false_alarms_are_hardly_ever_a_change(rate: float) -> None:
    """At most one in a hundred, by the bound; 1,000 series of 100 clips each."""
    rng = np.random.default_rng(3)
    found = sum(lasting_change(rng.random(100) < rate, rate) is not None for _ in range(1000))
    assert found <= 10 + 2 * np.sqrt(10)


def test_single_alarms_are_none_and_no_alarm_is_none() -> None:
    assert lasting_change([False, True, False, False, True, False], 0.05) is None
    assert lasting_change([False] * 5, 0.05) is None
    assert lasting_change([], 0.05) is None
    assert lasting_change([True] * 50, 0.45) is None  # a rate at which half of the clips is nothing special


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ParameterError, match="between 0 and 1"):
        lasting_change([True], 0)
