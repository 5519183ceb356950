"""Events that the machines of an area have in common, and a slow shift of their background."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

__all__ = ["Background", "background", "moved_together"]

_TOGETHER_S = 600.0
_LEAST_MOVED, _LEAST_MACHINES = 2, 3
_MOVED = 1.0  # distances of `HealthIndex.shift` from which on a machine has moved


def moved_together(began: Mapping[str, float], at: float, machines: int) -> list[str]:
    """Return the machines whose events began together, where half of an area did.

    Parameters
    ----------
    began : mapping of str to float
        When the newest event of a machine became known, in seconds.
    at : float
        Now, in seconds; those within the ten minutes before count.
    machines : int
        Machines of the area that are judged now.

    Returns
    -------
    list of str
        Empty where fewer than half of the machines did, or only one.
    """
    moved = [machine for machine, known in began.items() if 0 <= at - known <= _TOGETHER_S]
    return moved if len(moved) >= max(_LEAST_MOVED, math.ceil(machines / 2)) else []


@dataclass(frozen=True)
class Background:
    """The shift that the machines of an area share, and those that machines have by themselves.

    Parameters
    ----------
    common : float
        The shift of the background, as of `HealthIndex.shift`; 0 where the machines do not share one.
    moved : list of str
        Machines that it has moved.
    alone : dict of str to float
        Machines whose own shift, beside the common one, is as large as the usual range of normal sound.
    """

    common: float
    moved: list[str]
    alone: dict[str, float]


def background(shifts: Mapping[str, float]) -> Background:
    """Tell a slow shift that machines have in common from those of single machines.

    The background has changed where at least half of three or more machines sound less usual than 95 % of their normal
    blocks did, most of the day; the shift is their median.

    Parameters
    ----------
    shifts : mapping of str to float
        `HealthIndex.shift` of each machine of an area.

    Returns
    -------
    Background
    """
    moved = sorted(machine for machine, shift in shifts.items() if shift >= _MOVED)
    is_common = len(shifts) >= _LEAST_MACHINES and 2 * len(moved) >= len(shifts)
    common = median(shifts[machine] for machine in moved) if is_common else 0.0
    alone = {machine: shifts[machine] - common for machine in moved if shifts[machine] - common >= _MOVED}
    return Background(common, moved if is_common else [], alone)
