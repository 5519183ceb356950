"""Sound levels as sound level meters show them: weighted levels, percentiles and third octaves."""

from offkey.features.levels.front_end import Levels

__all__ = ["Levels"]
