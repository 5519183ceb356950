from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import norm

from offkey.decision.events import ALLOWED, Shadow, block_means
from offkey.errors import ParameterError

HOP_S = 5.0
A_DAY = int(86_400 / HOP_S)


def surprises(days: float, memory: float, seed: int) -> np.ndarray:
    """Return surprises of normal windows that depend on those before them."""
    noise = np.random.default_rng(seed).standard_normal(int(days * A_DAY)) * np.sqrt(1 - memory**2)
    return np.asarray(-norm.logsf(lfilter([1.0], [1.0, -memory], noise)))


@pytest.fixture(scope="module")
def shadow() -> Shadow:
    return Shadow(surprises(7, 0.9, seed=0), hop_s=HOP_S)


def test_a_sharper_sensitivity_opens_lower_and_promises_less(shadow: Shadow) -> None:
    found = shadow.sensitivities()
    assert [one.allowed for one in found] == list(ALLOWED)
    for duller, sharper in pairwise(found):
        assert duller.rule.open_at > sharper.rule.open_at >= sharper.rule.close_at
        assert duller.rule.mean_blocks >= sharper.rule.mean_blocks
        assert duller.bound() < sharper.bound()
    assert shadow.days == pytest.approx(7)
    assert shadow.block * HOP_S >= 60
    assert shadow.block >= 5 * shadow.correlation


def test_the_whole_rule_raises_what_was_counted(shadow: Shadow) -> None:
    """Fed window by window, as the monitor does, the shadow gives as many fast events as were allowed."""
    series = surprises(7, 0.9, seed=0)
    for one in shadow.sensitivities():
        path = one.rule.fast_path()
        fast = [*path.feed(series), *([path.event] if path.event else [])]
        assert len(fast) == one.allowed
        assert one.rate.events >= one.allowed


def test_most_machines_stay_within_the_bound() -> None:
    inside = []
    for seed in range(8):
        series = surprises(21, 0.9, seed=seed)
        one = Shadow(series[: 7 * A_DAY], hop_s=HOP_S).sensitivity(3)
        path = one.rule.fast_path()
        inside.append(len(list(path.feed(series[7 * A_DAY :]))) / 2 <= one.bound())
    assert np.mean(inside) >= 0.75


def test_a_fault_is_an_event_and_a_slow_one_too(shadow: Shadow) -> None:
    rule = shadow.sensitivity(0).rule
    new = surprises(1, 0.9, seed=99)
    new[5000:5060] += 8
    assert sum(event.first < 5060 and event.last >= 5000 for event in rule.fast_path().feed(new)) == 1
    worn = surprises(2, 0.9, seed=98) + 0.5
    assert rule.slow_path().alarms(shadow.blocks.p_values(block_means(worn, rule.block)))


def test_a_sentence_tells_rate_interval_and_days(shadow: Shadow) -> None:
    one = shadow.sensitivity(1)
    assert one.slow_per_week == pytest.approx(0.25)
    assert one.sentence() == "expected 2.2 a week (0.49 to 5.8), from 7 days of normal sound"
    assert one.bound() == pytest.approx(one.rate.bound() + 0.25)


def test_a_share_of_a_budget_gets_the_sharpest_rule_that_keeps_it(shadow: Shadow) -> None:
    bounds = [one.bound() for one in shadow.sensitivities()]
    within = [shadow.within(bound) for bound in bounds]
    assert [one.allowed for one in within if one] == list(ALLOWED)
    assert shadow.within(bounds[0] - 0.01) is None
    assert shadow.within(bounds[1] - 0.01) == shadow.sensitivity(0)


def test_more_days_of_shadow_keep_a_share_that_is_too_small_now(shadow: Shadow) -> None:
    share = shadow.sensitivity(0).bound() / 2
    assert shadow.days_more(share) == pytest.approx(7.38, abs=0.05)
    assert shadow.days_more(100.0) == 0
    longer = Shadow(surprises(15, 0.9, seed=0), hop_s=HOP_S)
    assert longer.within(share) is not None


def test_a_gap_is_not_counted_as_time() -> None:
    series = surprises(2, 0.0, seed=1)
    series[:A_DAY] = np.nan
    assert Shadow(series, hop_s=HOP_S).days == pytest.approx(1)


def test_what_is_too_short_promises_nothing() -> None:
    with pytest.raises(ParameterError, match=r"fewer than 20 blocks of normal sound\. Got 10: listen for longer"):
        Shadow(surprises(10 / 24 / 60, 0.0, seed=0), hop_s=HOP_S)
    with pytest.raises(ParameterError, match=r"more than 0 s after each other\. Got 0 s"):
        Shadow([], hop_s=0)
