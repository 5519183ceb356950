"""Score to decision: calibration on normal scores, p-values, thresholds."""

from offkey.decision.calibration import Calibration, Threshold, share_bound
from offkey.decision.tail import GammaTail

__all__ = ["Calibration", "GammaTail", "Threshold", "share_bound"]
