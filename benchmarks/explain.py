"""Whether explanations point where a fault is: faults mixed into real clips of a slide rail, their place known.

    python -m benchmarks.explain DATA [--clips 6] [--seed 0] [--picture FILE.png] [--detector fused] [--features logmel]

DATA is the folder with ``dcase2020_real/``. 45 of the 75 normal clips train; each fault that a slide rail of
`offkey.synthetic` can have stands in some of the other 30 at severity 1, 0.5 and 0.25. Printed are how much of the
first region that an explanation names lies in the fault's band and in its stretches of time, beside what a region
anywhere would have on average; and how many of the clips are anomalous at a false-alarm rate of 0.05.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.explain_picture import draw_examples
from benchmarks.proxy_clips import RATE, Machine, Samples, real_slider
from benchmarks.tables import print_head, print_row
from offkey.audio import ArrayRecording
from offkey.errors import AudioError
from offkey.explain import Explanation, explain
from offkey.model import Model, fit
from offkey.synthetic import FaultTruth, mix_fault

SEVERITIES = (1.0, 0.5, 0.25)
RATE_OF_ALARMS = 0.05  # 45 clips can promise no less than 0.022


class Overlap(NamedTuple):
    """How much of the first region lies in the fault's band and time, and what a region anywhere would have.

    The last field tells whether the clip is anomalous by its score.
    """

    band: float
    band_chance: float
    time: float
    time_chance: float
    anomalous: bool


def overlap(found: Explanation, truth: FaultTruth) -> Overlap:
    """Return the overlap; 0 where no region was found."""
    centres = found.band_edges_hz.mean(axis=1)
    moments = np.arange(found.start_s, found.end_s, 0.01)
    in_band, in_time = _inside(centres, [truth.band]), _inside(moments, truth.spans)
    if not found.regions:
        return Overlap(0.0, float(in_band.mean()), 0.0, float(in_time.mean()), found.anomalous)
    first = found.regions[0]
    named = _inside(centres, [(first.low_hz, first.high_hz)]), _inside(moments, first.spans_s)
    shares = [float(real[said].mean()) for real, said in zip((in_band, in_time), named, strict=True)]
    return Overlap(shares[0], float(in_band.mean()), shares[1], float(in_time.mean()), found.anomalous)


def plant(samples: Samples, fault: str, severity: float, key: Sequence[int]) -> tuple[Samples, FaultTruth] | None:
    """Return a clip with a fault and its truth, the same draw at every severity; None where it cannot have it."""
    try:
        return mix_fault(samples, RATE, fault=fault, severity=severity, rng=np.random.default_rng(key))
    except AudioError:
        return None


def measure(model: Model, machine: Machine, fault: str, severity: float, clips: int) -> list[Overlap]:
    """Return the overlap in each of the first clips that can have the fault."""
    overlaps: list[Overlap] = []
    for number, clip in enumerate(machine.test):
        planted = plant(clip, fault, severity, (number, machine.faults.index(fault)))
        if planted is None:
            continue
        overlaps.append(overlap(explain(model, ArrayRecording(planted[0], RATE)), planted[1]))
        if len(overlaps) == clips:
            break
    return overlaps


def _inside(places: NDArray[np.float64], ranges: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    return np.any([(places >= low) & (places <= high) for low, high in ranges], axis=0)


def _cell(values: Sequence[float], chance: Sequence[float]) -> str:
    return f"{100 * np.mean(values):.0f} % ({100 * np.mean(chance):.0f} %)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--detector", default="fused")
    parser.add_argument("--features", default="logmel")
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args(arguments)
    machine = real_slider(args.data, args.seed)
    model = fit(
        machine.train, rate=RATE, detector=args.detector, features=args.features, false_alarm_rate=RATE_OF_ALARMS
    )
    if args.picture is not None:
        draw_examples(model, machine, args.picture)
    print_head(
        "fault", "severity", "clips", "of its bands (by chance)", "of its time (by chance)", "anomalous", words=1
    )
    every: dict[float, list[Overlap]] = {severity: [] for severity in SEVERITIES}
    for fault in machine.faults:
        for severity in SEVERITIES:
            overlaps = measure(model, machine, fault, severity, args.clips)
            every[severity] += overlaps
            _print(fault.replace("_", " "), str(severity), overlaps)
    for severity, overlaps in every.items():
        _print("mean", str(severity), overlaps)
    _print("mean of the anomalous", "all", [one for overlaps in every.values() for one in overlaps if one.anomalous])


def _print(name: str, severity: str, overlaps: list[Overlap]) -> None:
    if overlaps:
        band, band_chance, time, time_chance, anomalous = zip(*overlaps, strict=True)
        cells = _cell(band, band_chance), _cell(time, time_chance), str(sum(anomalous))
        print_row(name, severity, str(len(overlaps)), *cells)


if __name__ == "__main__":
    main()
