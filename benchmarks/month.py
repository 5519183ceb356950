"""A month of a plant in fast time, and what the monitor holds at its end beside its first day.

    python -m benchmarks.month [--days 30] [--seconds 300]

Sixteen recorders give a sound of ten seconds every ten minutes, with a fault for an hour of each day, and four
microphones are behind children that die again and again. Everything is that of a monitor but the clock, which runs
fast. What it writes is measured by `benchmarks.keeping`.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from unittest import mock

import numpy as np

from benchmarks.process_memory import children_of
from benchmarks.tables import print_goal, print_head, print_row
from benchmarks.watched_plant import MODEL, RATE, arm, pump_model, pump_sound
from offkey.audio.channel import Samples
from offkey.synthetic import faults
from offkey.watch import watched
from offkey.watch.acquisition.make import make_source
from offkey.watch.acquisition.source import Begin, End, Item, Source
from offkey.watch.clock import REAL, Clock, FastClock
from offkey.watch.monitor import Monitor
from offkey.watch.store.store import Store

__all__ = ["Held", "Recorder", "main", "month"]

RECORDERS, MICROPHONES = 16, 4
TRAIN_S, CLIP_S, EVERY_S, FAULTY_S, DAY_S = 600, 10, 600.0, 3600.0, 86_400.0
LOOKS = 25
AT = 1_800_057_600.0  # midnight, in seconds since 1970 UTC
MOST_PERCENT = 5.0


@dataclass(frozen=True)
class Held:
    """What a process holds: memory in MB, file descriptors, children and those of them that nobody waited for."""

    memory: float
    descriptors: int
    children: int
    zombies: int
    threads: int


def held() -> Held:
    """Return what this process holds now."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    children = [Path(f"/proc/{child}/stat") for child in children_of(os.getpid())]
    states = [stat.read_text().rpartition(")")[2].split()[0] for stat in children if stat.exists()]
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return Held(
        int(status["VmRSS"].split()[0]) / 1024, descriptors, len(states), states.count("Z"), int(status["Threads"])
    )


def held_at_the_end(clock: Clock, seconds: float) -> Held:
    """Wait, and return the median of what this process holds in the last half; zombies are the fewest, if any stay."""
    clock.wait(Event(), seconds / 2)
    found = []
    for _ in range(LOOKS):
        clock.wait(Event(), seconds / 2 / LOOKS)
        found.append(astuple(held()))
    middle, least = np.median(found, axis=0), np.min(found, axis=0)
    return Held(float(middle[0]), int(middle[1]), int(middle[2]), int(least[3]), int(middle[4]))


class Recorder:
    """A source that gives ten seconds of sound every ten minutes; those of the first hour of a day have a fault."""

    waits = True
    stalled_after_s = 2 * EVERY_S

    def __init__(self, normal: Samples, faulty: Samples) -> None:
        self._clips = [part.reshape(-1, CLIP_S * RATE, 1) for part in (normal, faulty)]

    def listen(self, stopping: Event, clock: Clock = REAL) -> Iterator[Item]:
        """Yield a stretch for each clip; see `Source`."""
        number = 0
        while not clock.wait(stopping, EVERY_S):
            clips = self._clips[clock.utc() % DAY_S < FAULTY_S]
            yield Begin(RATE, clock.utc() - CLIP_S, CLIP_S)
            yield clips[number % len(clips)]
            yield End("the clip is over", is_whole=True)
            number += 1


def month(days: float, seconds: float) -> tuple[Held, Held, int, int]:
    """Watch for so many days in so many seconds; return what is held after the first day and in the end.

    Then the windows and the events that there were.
    """
    normal, faulty = pump_sound(TRAIN_S), pump_sound(60, fault=faults("pump")[0])
    clock, stopping = FastClock(days * DAY_S / seconds, at=AT), Event()
    with TemporaryDirectory() as name, closing(Store(Path(name) / "plant.db")) as store:
        folder = Path(name)
        pump_model(normal).save(folder / MODEL)
        dying = folder / "dying"
        (folder / "sound.raw").write_bytes((normal[: CLIP_S * RATE] * 32_767).astype("<i2").tobytes())
        dying.write_text(f"#!/bin/sh\ncat {folder}/sound.raw\nsleep 0.3\necho it broke off >&2\nexit 1\n")
        dying.chmod(0o755)
        microphone = {"kind": "ffmpeg", "url": "udp://x", "program": str(dying)}
        recorder = {"kind": "folder", "path": "."}
        settings = arm(
            folder,
            store,
            RECORDERS + MICROPHONES,
            float(CLIP_S),
            lambda number: recorder if number < RECORDERS else microphone,
        )

        def source(settings: watched.MachineSettings, *rest: object) -> Source:
            is_recorder = settings.source.kind == "folder"
            return Recorder(normal, faulty) if is_recorder else make_source(settings, *rest)  # type: ignore[arg-type]

        with mock.patch.object(watched, "make_source", source):
            monitor = Monitor(settings, folder, store, lambda _: None, clock)
        thread = Thread(target=monitor.run, args=(stopping,))
        thread.start()
        first = held_at_the_end(clock, DAY_S)
        last = held_at_the_end(clock, (days - 1) * DAY_S)
        stopping.set()
        thread.join()
        names = [one.name for one in settings.machine]
        rows = [row for name in names for row in store.minutes(name, limit=100_000)]
        windows = sum(row["windows"] for row in rows if row["minute"])  # but those of the shadow
        events = len(store.events(limit=100_000))
    return first, last, windows, events


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/watch_load.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--seconds", type=float, default=300.0)
    args = parser.parse_args(arguments)
    began = time.process_time()
    first, last, windows, events = month(args.days, args.seconds)
    print(f"\n{args.days:g} days, {windows} windows, {events} events, {time.process_time() - began:.0f} s of a core:\n")
    print_head("after", "memory", "file descriptors", "children", "zombies", "threads")
    for name, one in (("the first day", first), ("the last", last)):
        print_row(name, f"{one.memory:.0f} MB", *astuple(one)[1:])
    print()
    print_goal("memory, over that of the first day", 100 * (last.memory / first.memory - 1), MOST_PERCENT, unit="%")
    grown = (last.descriptors - first.descriptors) / first.descriptors
    print_goal("file descriptors, over those of the first day", 100 * grown, MOST_PERCENT, unit="%")
    print_goal("zombies", last.zombies, 0, unit="")


if __name__ == "__main__":
    main()
