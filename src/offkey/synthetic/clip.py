"""The result of the generator: a clip, and the truth about its fault."""

from __future__ import annotations

from dataclasses import dataclass, field

from offkey.synthetic.spans import Spans
from offkey.synthetic.spectrum import Samples

__all__ = ["FaultTruth", "SyntheticClip"]


@dataclass(frozen=True)
class FaultTruth:
    """The fault of a clip, with its place in time and frequency."""

    name: str  # such as "bearing"
    severity: float  # more than 0, up to 1
    spans: Spans  # when it sounds, or when a stroke is missing: start and end in seconds, in order
    band: tuple[float, float]  # lowest and highest frequency in Hz


@dataclass(frozen=True)
class SyntheticClip:
    """One synthetic recording."""

    samples: Samples = field(repr=False)  # full scale is 1
    rate: int
    machine: str  # such as "fan"
    machine_id: int
    domain: str  # "source" or "target"
    number: int
    load: float  # operating condition, 0 to 1
    fault: FaultTruth | None  # None for a normal clip
