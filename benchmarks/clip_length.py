"""Whether the promised false-alarm rate holds for normal clips of other lengths than those learnt.

    python -m benchmarks.clip_length [DATA] [--detector fused] [--promised 0.05]

DATA is the folder with ``real/`` and ``dcase2020_real/``; without it, synthetic machines alone. Of each set half of
the normal clips train, a seventh of their length each, and pieces of the others of 0.5 to 7 times that length are
scored, each a recording of its own. A row is counted, which is a window of what is cut.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

import offkey
from benchmarks.tables import print_head, print_row
from offkey.synthetic import Plant, machines

TIMES = (0.5, 0.75, 1, 1.25, 1.5, 2, 3.5, 7)
SECONDS, CLIPS = 14.0, 120

Sounds = list[NDArray[np.float32]]


def sets(data: Path | None) -> Iterator[tuple[str, Sounds, int]]:
    """Yield the name of a set, its normal clips, all of one length, and their rate in Hz."""
    plant = Plant(0, duration_s=SECONDS)
    for machine in machines():
        yield f"synthetic {machine}", [plant.clip(machine, number=k).samples for k in range(CLIPS)], plant.rate
    if data is None:
        return
    folders = {"slide rail": [data / "dcase2020_real" / "slider" / "train"]}
    for name in ("drone_propeller", "air_compressor", "bldc_prop"):
        folders[name.replace("_", " ")] = [data / "real" / name / part for part in ("train", "test_normal")]
    for name, places in folders.items():
        files = sorted(path for folder in places for path in folder.iterdir())
        read = [soundfile.read(path, dtype="float32") for path in files]
        yield name, [samples for samples, _ in read], read[0][1]


def pieces(sounds: Sounds, length: int) -> Sounds:
    """Return all of some sounds, cut into pieces of so many samples."""
    return [sound[start : start + length] for sound in sounds for start in range(0, len(sound) - length + 1, length)]


def alarms(sounds: Sounds, rate: int, detector: str, promised: float) -> list[str]:
    """Return the share of rows that alarm at each length, and of how many, as cells."""
    order = np.random.default_rng(0).permutation(len(sounds))
    learnt, others = ([sounds[number] for number in half] for half in np.array_split(order, 2))
    length = min(len(sound) for sound in sounds) // 7
    firsts = [sound[number % 7 * length :][:length] for number, sound in enumerate(learnt)]
    model = offkey.fit(firsts, rate=rate, detector=detector, false_alarm_rate=promised)
    cells = []
    for times in TIMES:
        scored = [
            result.anomalous
            for result in model.score(pieces(others, round(times * length)), rate=rate)
            if result.error is None
        ]
        cells.append(f"{np.mean(scored):.3f} of {len(scored)}")
    return [f"{len(firsts)} x {length / rate:.2g} s", *cells]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--detector", default="fused")
    parser.add_argument("--promised", type=float, default=0.05)
    args = parser.parse_args(arguments)
    print_head("normal clips of", "learnt", *(f"{times:g} x" for times in TIMES), words=2)
    for name, sounds, rate in sets(args.data):
        print_row(name, *alarms(sounds, rate, args.detector, args.promised))


if __name__ == "__main__":
    main()
