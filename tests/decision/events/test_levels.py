from __future__ import annotations

import math

import pytest

from offkey.decision.calibration import MOST_SURPRISING
from offkey.decision.events import LEVELS, Rule, level_of

RULE = Rule(half_life=2.0, open_at=10.0, close_at=2.0, hold=12, usual=1.0, block=12, mean_blocks=1000.0)
NONE = -math.inf


@pytest.mark.parametrize(
    ("peak", "strength", "level"),
    [
        (NONE, 0.0, "normal"),
        (9.9, 0.0, "normal"),
        (NONE, 0.2, "watch"),
        (NONE, 99.0, "watch"),
        (NONE, 100.0, "warning"),
        (10.0, 0.0, "warning"),
        (19.9, 0.0, "warning"),
        (20.0, 0.0, "alarm"),
        (10.0, 0.2, "alarm"),
        (9.9, 100.0, "warning"),
    ],
)
def test_the_level_follows_from_both_paths(peak: float, strength: float, level: str) -> None:
    assert level_of(RULE, peak, strength) == level


def test_levels_rise_with_evidence() -> None:
    found = [LEVELS.index(level_of(RULE, peak, 0.0)) for peak in (NONE, 9.0, 10.0, 19.0, 20.0, MOST_SURPRISING)]
    assert found == sorted(found)
