"""Score to decision: calibration on normal scores, p-values, thresholds."""

from offkey.decision.by_length import ByLength
from offkey.decision.calibration import Calibration, Threshold, share_bound
from offkey.decision.lasting import lasting_change
from offkey.decision.realised import (
    Realised,
    chance_of_alarms,
    describe_p_value,
    describe_realised,
    false_alarms_of,
    realised_rate,
    realised_rates,
)
from offkey.decision.recalibrated import Move, Recalibrated
from offkey.decision.tail import GammaTail

__all__ = [
    "ByLength",
    "Calibration",
    "GammaTail",
    "Move",
    "Realised",
    "Recalibrated",
    "Threshold",
    "chance_of_alarms",
    "describe_p_value",
    "describe_realised",
    "false_alarms_of",
    "lasting_change",
    "realised_rate",
    "realised_rates",
    "share_bound",
]
