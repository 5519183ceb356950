"""Scores over time to events: two paths, the shadow that sets them, and what they promise a week."""

from offkey.decision.events.correlation import correlation_time
from offkey.decision.events.fast_path import Excursion, FastPath, excursions, smooth
from offkey.decision.events.levels import LEVELS, Level, level_of
from offkey.decision.events.rate import EventRate
from offkey.decision.events.shadow import ALLOWED, Rule, Sensitivity, Shadow
from offkey.decision.events.slow_path import LEAST_BLOCKS, Blocks, SlowPath, block_means

__all__ = [
    "ALLOWED",
    "LEAST_BLOCKS",
    "LEVELS",
    "Blocks",
    "EventRate",
    "Excursion",
    "FastPath",
    "Level",
    "Rule",
    "Sensitivity",
    "Shadow",
    "SlowPath",
    "block_means",
    "correlation_time",
    "excursions",
    "level_of",
    "smooth",
]
