"""The score of a window of live sound."""

from __future__ import annotations

import math
from dataclasses import dataclass

from offkey.hearing.traits import TRAITS

__all__ = ["SOUND", "ScoredWindow"]

SOUND = tuple(name for name in TRAITS if name == "level_db" or name.startswith("band_"))
"""Names of the numbers in `ScoredWindow.sound`."""


@dataclass(frozen=True)
class ScoredWindow:
    """A window of live sound.

    Parameters
    ----------
    start, end : float
        When it was, in seconds since 1970 UTC.
    score : float
        Anomaly score; NaN where the window cannot be used.
    p_value : float
        Conformal p-value; NaN without a score.
    surprise : float
        How unusual it is, as of `Calibration.surprises`; NaN without a score.
    error : str, optional
        Why it has no score.
    state : str, optional
        In which operating state the machine was; None where none are known.
    sound : tuple of float
        Level in dB of full scale and bands in dB (`SOUND`), by which operating states are told apart; empty without a
        score.
    """

    start: float
    end: float
    score: float = math.nan
    p_value: float = math.nan
    surprise: float = math.nan
    error: str | None = None
    state: str | None = None
    sound: tuple[float, ...] = ()
