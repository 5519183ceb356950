"""Scores over time to events: two paths, the shadow that sets them, and what they promise a week."""

from offkey.decision.events.blocks import LEAST_BLOCKS, Blocks, block_means
from offkey.decision.events.common import Background, background, moved_together
from offkey.decision.events.correlation import correlation_time
from offkey.decision.events.index import HealthIndex
from offkey.decision.events.ledger import Ledger
from offkey.decision.events.levels import LEVELS, Level, level_of
from offkey.decision.events.rate import EventRate
from offkey.decision.events.rule import Rule, Sensitivity
from offkey.decision.events.shadow import ALLOWED, Shadow, windows_needed
from offkey.decision.events.slow_path import SlowPath
from offkey.decision.events.smoothing import excursions, smooth
from offkey.decision.events.trends import Trend, trends
from offkey.decision.events.words import duration, rounded
from offkey.runtime.fast_path import Excursion, FastPath

__all__ = [
    "ALLOWED",
    "LEAST_BLOCKS",
    "LEVELS",
    "Background",
    "Blocks",
    "EventRate",
    "Excursion",
    "FastPath",
    "HealthIndex",
    "Ledger",
    "Level",
    "Rule",
    "Sensitivity",
    "Shadow",
    "SlowPath",
    "Trend",
    "background",
    "block_means",
    "correlation_time",
    "duration",
    "excursions",
    "level_of",
    "moved_together",
    "rounded",
    "smooth",
    "trends",
    "windows_needed",
]
