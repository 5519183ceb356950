"""What the generator returns: a clip, and the truth about its fault."""

from __future__ import annotations

from dataclasses import dataclass, field

from offkey.synthetic.spans import Spans
from offkey.synthetic.spectrum import Samples

__all__ = ["FaultTruth", "SyntheticClip"]


@dataclass(frozen=True)
class FaultTruth:
    """Which fault a clip has, and where.

    Attributes
    ----------
    name : str
        The fault, such as ``"bearing"``.
    severity : float
        How bad it is, more than 0, up to 1.
    spans : tuple of (float, float)
        When it sounds, or when a stroke is missing: start and end of each stretch in seconds, in their order.
    band : tuple of float
        Its lowest and highest frequency in Hz.
    """

    name: str
    severity: float
    spans: Spans
    band: tuple[float, float]


@dataclass(frozen=True)
class SyntheticClip:
    """One synthetic recording.

    Attributes
    ----------
    samples : ndarray of float32, shape (n,)
        The sound, full scale 1.
    rate : int
        Samples a second.
    machine : str
        The machine, such as ``"fan"``.
    machine_id : int
        Number of the machine id.
    domain : str
        ``"source"`` or ``"target"``.
    number : int
        Number of the clip.
    load : float
        Operating condition of the clip, 0 to 1.
    fault : FaultTruth or None
        The truth about the fault; None for a normal clip.
    """

    samples: Samples = field(repr=False)
    rate: int
    machine: str
    machine_id: int
    domain: str
    number: int
    load: float
    fault: FaultTruth | None
