"""The size of what a detector has learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from offkey.detectors import Detector

__all__ = ["learnt_mb"]


def learnt_mb(detector: Detector) -> float:
    """Return the size of the numbers that a fitted detector has learnt, in MB; a file of them is rather smaller."""
    return round(_bytes(detector.state()) / 1e6, 4)


def _bytes(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.nbytes
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return sum(_bytes(one) for one in inner)
