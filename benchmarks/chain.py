"""Reading, front end and default scoring of a clip, stage by stage, on one core: ``python -m benchmarks.chain``.

Files of 10 s at 16 kHz, 16 bits, in the system's cache; a model with every default, warm, in one process. Processor
time a clip, the best of several turns; beside the bare FFTs of its frames, librosa's log-mel spectrogram and PyOD's
encoder for audio, which read the same files.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

import offkey
from benchmarks.clips import bare_ffts, clips, frames, read_and_transform
from benchmarks.encoders import ENCODERS, PYOD, installed
from benchmarks.proxy_clips import Samples
from benchmarks.proxy_clips import read as read_clip
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, held_to
from offkey.audio import check_samples
from offkey.hearing.source import open_recording
from offkey.hearing.windows import read_windows
from offkey.model import Model

WHOLE, BARE = "all of it, as `offkey score` does", "bare FFTs"
SO_FAR = ("reading", "reading, checking", "reading, checking, front end")
ALONE = "detector, one clip at a time"
FEW = 4  # clips of what takes long


def steps(model: Model, paths: Sequence[Path]) -> dict[str, Callable[[], object]]:
    """Return the stages for all clips, each together with those before it, the detector, and the whole."""
    extractor, front_end = model.extractor(), model.front_end
    how = {"rate": model.rate, "channel": extractor.channel, "windowing": extractor.windowing}
    least = front_end.min_samples(model.rate)

    def read(check: Callable[[Samples], object]) -> None:
        for path in paths:
            for window in read_windows(open_recording(path), **how):
                check(window.samples)

    windowed = frames(read_clip(paths[0]))
    vectors = np.array([extractor.extract(path).windows[0].vector for path in paths])
    return {
        BARE: lambda: [bare_ffts(windowed) for _ in paths],
        SO_FAR[0]: lambda: read(lambda samples: None),
        SO_FAR[1]: lambda: read(lambda samples: check_samples(samples, model.rate, name="clip", at_least=least)),
        SO_FAR[2]: lambda: [extractor.extract(path) for path in paths],
        "detector": lambda: model.scores(vectors),
        ALONE: lambda: [model.scores(vector[None]) for vector in vectors[:FEW]],
        WHOLE: lambda: list(model.results(paths, jobs=1)),
        "reading by soundfile, bare FFTs": lambda: read_and_transform(paths),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a stage, and the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=1000, help="clips that the model is fitted on")
    parser.add_argument("--clips", type=int, default=128, help="clips that are scored at a time")
    parser.add_argument("--rounds", type=int, default=10)
    args = parser.parse_args(arguments)
    with clips(args.train) as paths, held_to(1):
        scored = paths[: args.clips]
        few = scored[:FEW]
        peers = {name: partial(lambda do: [do(path) for path in few], do) for name, do in installed().items()}
        best = best_s(steps(offkey.fit(paths), scored) | peers, rounds=args.rounds, most_s=30)
    cost_s = {name: seconds / len(few if name in (ALONE, *peers) else scored) for name, seconds in best.items()}
    bare, (read, checked, heard) = cost_s[BARE], (cost_s.pop(name) for name in SO_FAR)
    stages = {"reading": read, "checking": checked - read, "front end": heard - checked, "detector": cost_s["detector"]}
    rows = {BARE: bare, **stages, "p-value, decision, the rest": cost_s[WHOLE] - sum(stages.values()), **cost_s}
    print_head("one clip, from its file", "ms", f"x {BARE}", "x all of it")
    for name, seconds in rows.items():
        print_row(name, f"{1000 * seconds:.2f}", f"{seconds / bare:.1f}", f"{seconds / cost_s[WHOLE]:.2f}")
    for peer in ENCODERS:
        if peer.name not in cost_s:
            print_row(peer.name, peer.absence, "", "")
    print_goal(f"reading, front end and default scoring beside {BARE}", cost_s[WHOLE] / bare, 10)
    if PYOD in cost_s:
        print_goal(f"{PYOD} beside all of it", cost_s[PYOD] / cost_s[WHOLE], 10, least=True)


if __name__ == "__main__":
    main()
