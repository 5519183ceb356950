"""The base of all faults: a sound that is added, or strokes that are weakened."""

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
    """The sound of a fault, and where it is."""

    samples: Samples  # at any level; silent outside the spans
    spans: Spans  # in seconds
    band: tuple[float, float]  # lowest and highest frequency in Hz, which hold at least nine tenths of the energy


class Fault(ABC):
    """Base of all faults; `name` is such as ``"bearing"``."""

    name: ClassVar[str]


class AddedFault(Fault):
    """A fault that adds a sound.

    `full_db` is its strength at severity 1: its mean power while it sounds over the machine's in the fault's band.
    """

    full_db: ClassVar[float]

    @abstractmethod
    def sound(self, operation: Operation, normal: Samples, severity: float, rng: np.random.Generator) -> FaultSound:
        """Return the fault's sound; severity (0 to 1) sets how much of the time it sounds, not its level."""

    def snr_db(self, severity: float) -> float:
        """Return the strength at a severity: amplitude is proportional to it."""
        return self.full_db + 20.0 * math.log10(severity)
