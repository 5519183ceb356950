"""Timbre: how a sound sounds to people, by measures that are compared with those of normal clips.

Each is a simplification of a named standard or paper; sound is not calibrated to pascals here, so their values
mean something only beside those of other clips of the same microphone.
"""

from offkey.features.timbre.measures import MEASURES, Measure, measure_timbre

__all__ = ["MEASURES", "Measure", "measure_timbre"]
