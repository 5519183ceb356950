"""Whether copies and near copies among the training clips break the promised false-alarm rate.

    python -m benchmarks.near_copies [DATA] [--detector fused] [--promised 0.05]

DATA is the folder with ``real/`` and ``dcase2020_real/``; without it, synthetic machines alone. Of each set half of
the normal clips train, by themselves and with a version of each beside it; the others are scored. A cell is the share
of these that alarm, and how many training clips counted as copies or near copies of others.
"""

from __future__ import annotations

import argparse
import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

import offkey
from benchmarks.clip_length import Sounds, sets
from benchmarks.tables import print_head, print_row

Sound = NDArray[np.float32]


def _noisy(sound: Sound, rate: int) -> Sound:
    rms = float(np.sqrt((sound.astype(float) ** 2).mean()))
    noise = np.random.default_rng(zlib.crc32(sound.tobytes())).standard_normal(len(sound))  # another for each clip
    return (sound + 10 ** (-40 / 20) * rms * noise).astype(np.float32)


def _encoded(sound: Sound, rate: int) -> Sound:
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format="OGG", subtype="VORBIS")
    file.seek(0)
    decoded: Sound = soundfile.read(file, dtype="float32")[0]
    return decoded


VERSIONS: dict[str, Callable[[Sound, int], Sound] | None] = {
    "no copies": None,
    "equal": lambda sound, rate: sound.copy(),
    "1 dB lower": lambda sound, rate: (sound * 10 ** (-1 / 20)).astype(np.float32),
    "noise at -40 dB": _noisy,
    "Ogg Vorbis": _encoded,
    "5 ms later": lambda sound, rate: sound[round(0.005 * rate) :],
}


def alarms(sounds: Sounds, rate: int, detector: str, promised: float) -> list[str]:
    """Return the share of new normal clips that alarm with each version of the training clips beside them."""
    order = np.random.default_rng(0).permutation(len(sounds))
    learnt, others = ([sounds[number] for number in half] for half in np.array_split(order, 2))
    cells = [str(len(learnt))]
    for version in VERSIONS.values():
        more = [] if version is None else [version(sound, rate) for sound in learnt]
        model = offkey.fit([*learnt, *more], rate=rate, detector=detector, false_alarm_rate=promised)
        share = np.mean([bool(result.anomalous) for result in model.score(others, rate=rate)])
        joined = len(learnt) + len(more) - len(model.calibration.normal_scores)
        cells.append(f"{share:.3f}, {joined}")
    return cells


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--detector", default="fused")
    parser.add_argument("--promised", type=float, default=0.05)
    args = parser.parse_args(arguments)
    print_head("normal clips of", "learnt", *VERSIONS, words=2)
    for name, sounds, rate in sets(args.data):
        print_row(name, *alarms(sounds, rate, args.detector, args.promised))


if __name__ == "__main__":
    main()
