"""Front ends on one core: ``python -m benchmarks.front_end``.

A clip of 10 s of noise at 16 kHz, its samples in memory, and one whose strokes recur; beside the bare FFTs of its 311
frames, librosa's log-mel spectrogram and PyOD's encoder for audio. Processor time, the best of many turns.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

import numpy as np

from benchmarks.clips import RATE, SECONDS, bare_ffts, frames
from benchmarks.encoders import ENCODERS, LIBROSA, PYOD, installed
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, held_to
from offkey.detectors import find as find_detector
from offkey.features import create, find, names

DEFAULT, STEADY = "`logmel`: the default", "`logmel` without transients, modulation and cycle"
PERIOD_S = 1.1
STROKES = "`logmel`: the default, strokes that recur"
BARE = "bare FFTs"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each front end, and the goals of the default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    args = parser.parse_args(arguments)
    samples = np.random.default_rng(0).standard_normal(RATE * SECONDS).astype(np.float32)
    strokes = samples * np.where(
        np.arange(len(samples)) % round(PERIOD_S * RATE) < RATE // 10, np.float32(3), np.float32(1)
    )
    log_mel, default = create("logmel"), create("logmel", **find_detector("fused").asks["logmel"])
    functions = {
        BARE: partial(bare_ffts, frames(samples)),
        "`logmel`, its spectrogram alone": lambda: log_mel.frames(samples, RATE),
        STEADY: partial(log_mel.vector, samples, RATE),
        DEFAULT: partial(default.vector, samples, RATE),
        STROKES: partial(default.vector, strokes, RATE),
    }
    others = [create(name) for name in names() if name != log_mel.name and find(name).argument is None]
    functions |= {f"`{other.name}`": partial(other.vector, samples, RATE) for other in others if not other.learns}
    functions |= {name: partial(encode, samples) for name, encode in installed().items()}
    with held_to(1):
        cost_s = best_s(functions, rounds=args.rounds, in_a_row=5, most_s=20)
    print_head("one clip, samples in memory", "ms", f"x {BARE}", f"{LIBROSA} takes", f"{PYOD} takes")
    for name, seconds in cost_s.items():
        against = [f"{cost_s[peer] / seconds:.1f} x" if peer in cost_s else "" for peer in (LIBROSA, PYOD)]
        print_row(name, f"{1000 * seconds:.2f}", f"{seconds / cost_s[BARE]:.1f}", *against)
    for peer in ENCODERS:
        if peer.name not in cost_s:
            print_row(peer.name, peer.absence, "", "", "")
    for name in (DEFAULT, STROKES):
        print_goal(f"{name}, beside {STEADY}", cost_s[name] / cost_s[STEADY], 1.5)
    for name, least in ((LIBROSA, 1.5), (PYOD, 20)):
        if name in cost_s:
            print_goal(f"{name} beside the default", cost_s[name] / cost_s[DEFAULT], least, least=True)


if __name__ == "__main__":
    main()
