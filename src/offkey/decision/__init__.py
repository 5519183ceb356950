"""Score to decision: calibration on normal scores, p-values, thresholds."""

from offkey.decision.calibration import Calibration, Threshold
from offkey.decision.tail import GammaTail

__all__ = ["Calibration", "GammaTail", "Threshold"]
