"""The training clips of a front end that learns: normal clips, read one after the other, with their origin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Origin", "Stage", "TrainingClip"]

Stage: TypeAlias = Callable[[str, int], Callable[[], None]]
"""Called with the name and the number of steps of a stage; returns what is to be called after each step."""


@dataclass(frozen=True)
class Origin:
    """The origin of a clip; None for what is unknown.

    Parameters
    ----------
    machine, section : str, optional
        Machine type, and section or machine id.
    attributes : str, optional
        Operating conditions, as they stand in the name.

    Examples
    --------
    >>> from offkey.features import Origin
    >>> Origin(machine="fan", section="00").attributes is None
    True
    """

    machine: str | None = None
    section: str | None = None
    attributes: str | None = None


@dataclass(frozen=True)
class TrainingClip:
    """A normal clip to learn from.

    `sounds`: gives its windows of sound, those that can be used, each of shape (n,) at the rate that the front end is
        told.
    """

    name: str
    key: str
    sounds: Callable[[], Iterable[NDArray[np.float32]]]
    origin: Origin = Origin()
