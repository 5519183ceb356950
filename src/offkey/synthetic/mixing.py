"""A fault of the generator mixed into any recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offkey.components import Interval, OneOf
from offkey.errors import AudioError
from offkey.synthetic.arguments import check, sound_array
from offkey.synthetic.background import Recorded
from offkey.synthetic.clip import FaultTruth
from offkey.synthetic.faults import FAULTS, AddedFault, MissingStroke
from offkey.synthetic.levels import band_power, gain_for_snr, rms
from offkey.synthetic.listening import assumed_operation
from offkey.synthetic.operation import Operation
from offkey.synthetic.room import Room
from offkey.synthetic.spans import Spans, envelope
from offkey.synthetic.spectrum import Samples, forward

__all__ = ["mix_fault"]

_SHORTEST_GAP_S = 0.1


def mix_fault(
    samples: ArrayLike,
    rate: int,
    *,
    fault: str,
    severity: float = 1.0,
    snr_db: float | None = None,
    rng: np.random.Generator,
) -> tuple[Samples, FaultTruth]:
    """Mix a fault into a clip.

    The machine of the clip is not known: its speed is drawn, its strokes and its activity are taken from the
    clip's level. The sound of the fault passes through a room, drawn as well. The level (RMS) of the
    clip stays as it was, so that loudness does not give the fault away.

    `samples`: shape (n,); the clip, at least half a second.
    `rate`: samples a second, 8,000 to 192,000.
    `severity`: more than 0, up to 1: how much of the time the fault sounds, and its level if `snr_db` is not given.
    `snr_db`: mean power of the fault while it sounds over the clip's power at the same time in the fault's band, in dB.
        For ``"missing_stroke"``: power of what is taken away over power of what is left of a stroke, that is, a stroke
        keeps the share 1 / (1 + 10^(snr_db / 20)) of its amplitude. By default it follows from `severity` as in a
        plant: proportional in amplitude.
    `rng`: where all that is drawn comes from.
    Returns `samples`: shape (n,); the clip with the fault.
    """
    check("rate", rate, Interval(int, 8_000, 192_000))
    clip = sound_array("The clip", samples, rate // 2)
    check("fault", fault, OneOf(tuple(FAULTS)))
    check("severity", severity, Interval(float, 0.0, 1.0, open_low=True))
    check("snr_db", snr_db, Interval(float, -100.0, 100.0, or_none=True))
    kind = FAULTS[fault]
    if isinstance(kind, AddedFault):
        mixed, spans, band = _added(clip, rate, kind, severity, snr_db, rng)
    else:
        lost = severity if snr_db is None else 1.0 / (1.0 + 10.0 ** (-snr_db / 20.0))
        mixed, spans = _without_strokes(clip, rate, lost, rng)
        band = MissingStroke.band(rate)
    mixed = mixed * np.float32(rms(clip) / rms(mixed))
    return mixed, FaultTruth(fault, severity, spans, band)


def _added(
    clip: Samples, rate: int, fault: AddedFault, severity: float, snr_db: float | None, rng: np.random.Generator
) -> tuple[Samples, Spans, tuple[float, float]]:
    operation = assumed_operation(clip, rate, rng)
    added = fault.sound(operation, clip, severity, rng)
    recorded = Room.draw(len(clip), rate, rng).apply(added.samples)
    strength_db = fault.snr_db(severity) if snr_db is None else snr_db
    masking = band_power(forward(clip), len(clip), rate, added.band, added.spans)
    gain = gain_for_snr(recorded, rate, added.spans, masking, rms(clip) ** 2, strength_db)
    return clip + gain * recorded, added.spans, added.band


def _without_strokes(clip: Samples, rate: int, lost: float, rng: np.random.Generator) -> tuple[Samples, Spans]:
    """Fade strokes into the background that the clip has between them."""
    operation = assumed_operation(clip, rate, rng, any_event=True)
    gaps = _gaps(operation)
    if not gaps:
        raise AudioError(
            "The clip cannot lose a stroke: expected events that stand 6 dB out of pauses of 0.1 s or more, found "
            f"{len(operation.events)} events; use another fault for a steady sound."
        )
    _, spans = MissingStroke().weaken(operation, lost, rng)
    background = Recorded([clip[round(start * rate) : round(end * rate)] for start, end in gaps], 0.02)
    mixed = clip.copy()
    for start_s, end_s in spans:
        start, end = max(0, round((start_s - 0.03) * rate)), min(len(clip), round((end_s + 0.08) * rate))
        taken = np.float32(lost) * envelope([(0.0, (end - start) / rate)], end - start, rate, rise_s=0.02, fall_s=0.03)
        filling = background.sound(end - start, rate, rng)
        mixed[start:end] = (1.0 - taken) * clip[start:end] + np.sqrt(1.0 - (1.0 - taken) ** 2) * filling
    return mixed, spans


def _gaps(operation: Operation) -> Spans:
    """Return the pauses between events, without the 80 ms in which an event dies away."""
    if not operation.events:
        return ()
    return tuple(
        (start + 0.08, end - 0.03) for start, end in operation.resting if end - start >= _SHORTEST_GAP_S + 0.11
    )
