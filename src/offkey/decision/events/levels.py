"""The four levels of a machine, from the two paths."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from offkey.decision.calibration import MOST_SURPRISING
from offkey.decision.events.rule import Rule

__all__ = ["LEVELS", "Level", "level_of"]

Level: TypeAlias = Literal["normal", "watch", "warning", "alarm"]

LEVELS: Final[tuple[Level, ...]] = ("normal", "watch", "warning", "alarm")
"""From the least to the most urgent."""

_STRONG = 100.0  # times the evidence of an alarm of the slow path, with which it is a warning


def level_of(rule: Rule, peak: float, strength: float) -> Level:
    """Return the level that both paths together give.

    ``alarm``: both paths are in an event at once, or the fast path lies halfway from where it opens to
    `MOST_SURPRISING`. ``warning``: the fast path is in an event, or the evidence of the slow path is a hundred times
    that of its alarm, which a normal machine reaches a hundred times as seldom. ``watch``: the slow path alone.

    Parameters
    ----------
    rule : Rule
        When events begin.
    peak : float
        The highest value of the fast path in the event that goes on; minus infinity without one.
    strength : float
        `SlowPath.strength` while the slow path is in an event; 0 without one.

    Returns
    -------
    Level
    """
    fast, slow = peak >= rule.open_at, strength > 0
    if (fast and slow) or peak >= (rule.open_at + MOST_SURPRISING) / 2:
        return "alarm"
    if fast or strength >= _STRONG:
        return "warning"
    return "watch" if slow else "normal"
