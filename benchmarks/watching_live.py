"""A plant watched in real time, each microphone behind a child of ffmpeg, and what that takes of two cores.

    python -m benchmarks.watching_live [--machines 20] [--seconds 60]

Each machine is a synthetic pump at 16 kHz that ffmpeg gives out in real time, with a default model, armed, and a window
of 10 s each second. Late: from the last sample of a window to its score, as a reader of the status sees it, who looks
every 20 ms. Processor time is that of the monitor and of all children.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import numpy as np
import soundfile

from benchmarks.process_memory import children_of
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.watched_plant import MODEL, RATE, arm, pump_model, pump_sound
from offkey.watch.monitor import Monitor
from offkey.watch.store.store import Store

__all__ = ["Live", "live", "main", "watching"]

TRAIN_S, PLAYED_S, WINDOW_S = 600, 60, 10.0
LOOK_S, PATIENCE_S = 0.02, 60.0
CORES, MOST_PERCENT, MOST_LATE_S = 2, 50.0, 1.0


@dataclass(frozen=True)
class Live:
    """Processor seconds a second, of the monitor and of its children; how late windows were; those that should be."""

    monitor: float
    children: float
    late_s: list[float]
    expected: int


@contextmanager
def watching(folder: Path, machines: int, hop_s: float) -> Iterator[tuple[Monitor, Store]]:
    """Watch a plant of pumps; yield its monitor and its store once each has its first window."""
    sound = pump_sound(TRAIN_S + PLAYED_S)
    pump_model(sound[: TRAIN_S * RATE], WINDOW_S).save(folder / MODEL)
    soundfile.write(folder / "pump.wav", sound[TRAIN_S * RATE :], RATE)
    played = f"amovie={folder / 'pump.wav'}:loop=0,asetpts=N/SR/TB,arealtime"
    with closing(Store(folder / "plant.db")) as store:
        settings = arm(
            folder, store, machines, hop_s, lambda _: {"kind": "ffmpeg", "url": played, "input_format": "lavfi"}
        )
        monitor, stopping = Monitor(settings, folder, store, lambda _: None), Event()
        thread = Thread(target=monitor.run, args=(stopping,))
        thread.start()
        try:
            until = time.monotonic() + PATIENCE_S
            while not all(one["fresh"] for one in monitor.status()):
                if time.monotonic() > until:
                    raise SystemExit(f"not every machine is heard: {monitor.status()}")
                time.sleep(LOOK_S)
            yield monitor, store
        finally:
            stopping.set()
            thread.join()


def live(machines: int, seconds: float, hop_s: float = 1.0) -> Live:
    """Watch machines for so many seconds, and measure."""
    late: list[float] = []
    with TemporaryDirectory() as folder, watching(Path(folder), machines, hop_s) as (monitor, _):
        newest = {one["machine"]: one["window_end"] for one in monitor.status()}
        began, own, of_children = time.monotonic(), time.process_time(), _of_children_s()
        looking = 0.0
        while time.monotonic() - began < seconds:
            before = time.thread_time()
            for one in monitor.status():
                if one["window_end"] != newest[one["machine"]]:
                    newest[one["machine"]] = one["window_end"]
                    late.append(time.time() - one["window_end"])
            looking += time.thread_time() - before
            time.sleep(LOOK_S)
        taken_s = time.monotonic() - began
        own, of_children = time.process_time() - own - looking, _of_children_s() - of_children
    return Live(own / taken_s, of_children / taken_s, late, int(machines * taken_s / hop_s))


def _of_children_s() -> float:
    """Return the processor time that the children of this process took so far."""
    ticks = 0
    for child in children_of(os.getpid()):
        user, system = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11:13]
        ticks += int(user) + int(system)
    return ticks / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/watch_load.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    args = parser.parse_args(arguments)
    found = live(args.machines, args.seconds)
    print(f"\n{args.machines} machines in real time for {args.seconds:g} s, a window of 10 s each second:\n")
    print_head("monitor", "ffmpeg", "machines on half of two cores", "windows", "late, median", "99 %", "the latest")
    both = found.monitor + found.children
    median, high, latest = np.quantile(found.late_s, [0.5, 0.99, 1.0])
    cores = f"{100 * found.monitor:.1f} % of a core", f"{100 * found.children:.1f} % of a core"
    windows = f"{len(found.late_s)} of {found.expected}"
    fit = f"{args.machines * MOST_PERCENT / 100 * CORES / both:.0f}"
    print_row(*cores, fit, windows, f"{median:.2f} s", f"{high:.2f} s", f"{latest:.2f} s")
    print()
    print_goal("share of two cores", 100 * both / CORES, MOST_PERCENT, unit="%")
    print_goal("the latest window", latest, MOST_LATE_S, unit="s")


if __name__ == "__main__":
    main()
