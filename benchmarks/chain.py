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
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s, held_to
from offkey.audio import check_samples, windows
from offkey.model import Model
from offkey.model.extraction import open_recording

WHOLE, BARE = "all of it, as `offkey score` does", "bare FFTs"
STAGES = ("reading", "checking", "front end", "detector")
ALONE = "detector, one clip at a time"
FEW = 4  # clips of what takes long


def stages(model: Model, paths: Sequence[Path]) -> dict[str, Callable[[], object]]:
    """Return each stage for all clips, and the whole."""
    extractor, front_end = model.extractor(), model.front_end
    how = {"rate": model.rate, "channel": extractor.channel, "windowing": extractor.windowing}

    def read() -> list[np.ndarray]:
        return [window.samples for path in paths for window in windows(open_recording(path), **how)]

    sounds = read()
    vectors = np.array([front_end.vector(sound, model.rate) for sound in sounds])
    windowed = [frames(sound) for sound in sounds]
    least = front_end.min_samples(model.rate)
    return {
        BARE: lambda: [bare_ffts(each) for each in windowed],
        "reading": read,
        "checking": lambda: [check_samples(sound, model.rate, name="clip", at_least=least) for sound in sounds],
        "front end": lambda: [front_end.vector(sound, model.rate) for sound in sounds],
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
        functions = stages(offkey.fit(paths), scored)
        few = scored[:FEW]
        peers = {name: partial(lambda do: [do(path) for path in few], do) for name, do in installed().items()}
        best = best_s(functions | peers, rounds=args.rounds, most_s=30)
    cost_s = {name: seconds / len(few if name in (ALONE, *peers) else scored) for name, seconds in best.items()}
    rest, bare = cost_s[WHOLE] - sum(cost_s[stage] for stage in STAGES), cost_s[BARE]
    print_head("one clip, from its file", "ms", f"x {BARE}", "x all of it")
    rows = {BARE: bare, **{stage: cost_s[stage] for stage in STAGES}, "passing on, p-value, decision": rest, **cost_s}
    for name, seconds in rows.items():
        print_row(name, f"{1000 * seconds:.2f}", f"{seconds / bare:.1f}", f"{seconds / cost_s[WHOLE]:.2f}")
    for peer in ENCODERS:
        if peer.name not in cost_s:
            print_row(peer.name, peer.absence, "", "")
    print_goal(f"reading, front end and default scoring beside {BARE}", cost_s[WHOLE] / bare, 6)
    if PYOD in cost_s:
        print_goal(f"{PYOD} beside all of it", cost_s[PYOD] / cost_s[WHOLE], 20, least=True)


if __name__ == "__main__":
    main()
