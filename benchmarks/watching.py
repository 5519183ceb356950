"""The processor time that watching takes, and how many machines a small computer can watch.

    python -m benchmarks.watching [--machines 20] [--seconds 60]

Each machine is a synthetic pump at 16 kHz with a default model, armed, and windows of 10 s. All are fed in turn, half a
second of sound at a time, as one monitor does; nothing waits for real time. Late: from a block to the score of the
window that ends with it, 99th percentile, beside other machines whose blocks come at the same moment.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import partial
from itertools import islice

import numpy as np

from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.timing import best_s
from offkey.audio.channel import Samples
from offkey.features.frames import n_frames
from offkey.features.overlapping import OverlappingFrames
from offkey.hearing.windows import Window
from offkey.model import Model, fit
from offkey.watch.acquisition.settings import SimulatedSource
from offkey.watch.acquisition.simulated import Simulated
from offkey.watch.acquisition.source import Begin
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import with_hop
from offkey.watch.scored_window import SOUND
from offkey.watch.settings import MachineSettings
from offkey.watch.state.shadow_rows import ShadowRows

__all__ = ["Load", "load", "main"]

RATE, BLOCKS_A_SECOND = 16_000, 2
HOPS_S = (1.0, 2.0, 5.0, 10.0)
TRAIN_S, SHADOW_WINDOWS = 600, 20_000
MOST_PERCENT, MOST_LATE_S, MOST_FRAMES = 50.0, 1.0, 2.0


class Load:
    """Windows that were scored, processor seconds a second of sound of one machine, and how late scores were."""

    def __init__(self, windows: int, share: float, late_s: float) -> None:
        self.windows, self.share, self.late_s = windows, share, late_s


def load(model: Model, sound: Samples, hop_s: float, machines: int) -> Load:
    """Feed machines in turn with the same sound, and measure."""
    cut = with_hop(model, hop_s)
    shadow = np.random.default_rng(0).exponential(1.0, SHADOW_WINDOWS).astype("<f4").tobytes()
    sounds = np.zeros((SHADOW_WINDOWS, len(SOUND)), "<f2").tobytes()
    watched = []
    for number in range(machines):
        source = SimulatedSource(kind="simulated", machine="pump")
        settings = MachineSettings(name=str(number), model="pump.offkey", source=source, shadow_days=0.014)
        watched.append(WatchedMachine(settings, cut, "pump", ShadowRows([(shadow, sounds)])))
    for machine in watched:
        machine.feed(Begin(RATE, 0.0))
    late: list[float] = []
    windows, began = 0, time.process_time()
    for block in np.array_split(sound, len(sound) * BLOCKS_A_SECOND // RATE):
        came = time.perf_counter()
        for machine in watched:
            before = machine.last_window
            machine.feed(block[:, None])
            if machine.last_window is not before:
                windows += 1
                late.append(time.perf_counter() - came)
    taken = time.process_time() - began
    return Load(windows, taken / machines / (len(sound) / RATE), float(np.quantile(late, 0.99)))


def reuse(model: Model, sound: Samples, hop_s: float) -> tuple[float, float, float]:
    """Return what overlapping windows cost, times windows that do not overlap.

    Returns: the frames that are computed; the time that their log-mel spectrogram takes; and that of all features.
    """
    extractor = with_hop(model, hop_s).extractor()
    hop, length = round(extractor.windowing.hop_s * RATE), round(extractor.windowing.window_s * RATE)
    end = len(sound) - len(sound) % length

    def starts(step: int) -> range:
        return range(0, end - length + 1, step)

    def frames(step: int) -> OverlappingFrames:
        taken = OverlappingFrames(lambda samples: extractor.front_end.in_time(samples, RATE), RATE)
        for start in starts(step):
            taken(sound[start : start + length], start)
        return taken

    def features(step: int) -> None:
        taken = extractor.overlapping() if step == hop else None
        for start in starts(step):
            window = Window(sound[start : start + length], start / RATE, (start + length) / RATE)
            extractor.features(window, name="pump", overlapping=taken)

    took_s = best_s(
        {f"{job.__name__} {step}": partial(job, step) for job in (frames, features) for step in (hop, length)}
    )
    computed = frames(hop).computed / n_frames(end, RATE)
    return computed, *(took_s[f"{job} {hop}"] / took_s[f"{job} {length}"] for job in ("frames", "features"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/watch_load.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=60)
    args = parser.parse_args(arguments)
    blocks = Simulated("pump").sound()
    train = np.concatenate(list(islice(blocks, TRAIN_S * BLOCKS_A_SECOND)))
    sound = np.concatenate(list(islice(blocks, args.seconds * BLOCKS_A_SECOND)))
    model = fit(train, rate=RATE, window_s=10.0, jobs=1)
    print(f"\n{args.machines} machines, default model, windows of 10 s:\n")
    print_head("hop", "a window", "share of a core", "machines on half of two cores", "late")
    found = {hop_s: load(model, sound, hop_s, args.machines) for hop_s in HOPS_S}
    for hop_s, one in found.items():
        a_window_ms = 1000 * one.share * args.machines * (len(sound) / RATE) / one.windows
        share = f"{100 * one.share * args.machines:.1f} %"
        print_row(f"{hop_s:g} s", f"{a_window_ms:.1f} ms", share, f"{1 / one.share:.0f}", f"{one.late_s:.2f} s")
    print()
    both = found[HOPS_S[0]]
    print_goal("share of two cores at the shortest hop", 50 * both.share * args.machines, MOST_PERCENT, unit="%")
    computed, spectra, features = reuse(model, sound, HOPS_S[0])
    print_goal("frames computed at the shortest hop, times those of the stream", computed, MOST_FRAMES)
    print_goal("their spectrogram, times that of windows that do not overlap", spectra, MOST_FRAMES)
    print(f"all features, times those of windows that do not overlap: {features:.1f}")
    print_goal("late", both.late_s, MOST_LATE_S, unit="s")


if __name__ == "__main__":
    main()
