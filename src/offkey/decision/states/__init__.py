"""Operating states: off, and what a machine does at different loads, found in normal sound without labels."""

from offkey.decision.states.clusters import Clusters
from offkey.decision.states.level_gate import level_gate
from offkey.decision.states.operating import OFF, UNKNOWN, OperatingStates, State
from offkey.decision.states.valley import SEPARATE, valley

__all__ = ["OFF", "SEPARATE", "UNKNOWN", "Clusters", "OperatingStates", "State", "level_gate", "valley"]
