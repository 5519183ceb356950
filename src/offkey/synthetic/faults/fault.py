"""What every fault is: a sound that is added, or strokes that are weakened."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import Spans
from offkey.synthetic.spectrum import Samples

__all__ = ["AddedFault", "Fault", "FaultSound"]


@dataclass(frozen=True)
class FaultSound:
    """The sound of a fault, and where it is.

    Attributes
    ----------
    samples : ndarray of float32, shape (n,)
        The sound, at any level; silent outside the stretches of time.
    spans : Spans
        When it sounds, in seconds.
    band : tuple of float
        Lowest and highest frequency in Hz; at least nine tenths of its energy lie between.
    """

    samples: Samples
    spans: Spans
    band: tuple[float, float]


class Fault(ABC):
    """Base of all faults.

    Attributes
    ----------
    name : str
        The fault, such as ``"bearing"``.
    """

    name: ClassVar[str]


class AddedFault(Fault):
    """A fault that adds a sound.

    Attributes
    ----------
    full_db : float
        Strength at severity 1: mean power of the fault while it sounds, against the machine's in the
        fault's band.
    """

    full_db: ClassVar[float]

    @abstractmethod
    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound.

        Parameters
        ----------
        operation : Operation
            The motion that it follows.
        normal : ndarray of float32, shape (n,)
            The sound without the fault.
        severity : float
            More than 0, up to 1; here it sets how much of the time the fault sounds, not its level.
        rng : numpy.random.Generator
            Where what differs from clip to clip comes from.

        Returns
        -------
        FaultSound
            The sound and its place.
        """

    def snr_db(self, severity: float) -> float:
        """Return the strength at a severity: amplitude is proportional to it."""
        return self.full_db + 20.0 * math.log10(severity)
