"""The plant of the soak on disk, its microphones, and the monitor in a process of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import soak_microphone
from benchmarks.watched_plant import MODEL, RATE, pump_model, pump_sound
from offkey.audio.channel import Samples
from offkey.watch.acquisition.source import Begin
from offkey.watch.findings import Findings
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import load_model
from offkey.watch.settings import PlantSettings, read_settings
from offkey.watch.store.store import Store

__all__ = ["Microphone", "MonitorProcess", "make_plant", "processes_of", "put", "rows"]

WINDOW_S, TRAIN_S, PLAYED_S, FAULTY_S, JOINT_S, DAY_S = 5.0, 600, 300, 60, 0.05, 86_400.0
FAULT = "leak"
BLOCK = round(soak_microphone.BLOCK_S * RATE)
TURNS = 10  # of the played sound that the shadow holds: windows begin at any of ten blocks
PATIENCE_S = 60.0
HEAD = """database = "plant.db"

[plant]
zone = "Europe/Berlin"

[messages]
cool_down_s = 0
machine_an_hour = 1000
plant_an_hour = 10000

"""
MACHINE = """[[machine]]
name = "{name}"
model = "{model}"
shadow_days = {days:.5f}
sensitivity = 0
source = {{ kind = "ffmpeg", url = "{folder}", program = "{program}" }}

"""


def put(path: Path, text: str) -> None:
    """Write a file that others may read meanwhile."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def rows(database: Path, query: str, *values: object) -> list[dict[str, Any]]:
    """Return the rows of a query, as a reader beside the monitor sees them."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, values)]


def processes_of(folder: Path) -> list[int]:
    """Return the processes that were started with a path of the plant."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if bytes(folder) in process.read_bytes():
                found.append(int(process.parent.name))
    return found


class Microphone:
    """A machine's microphone, and how it behaves; `folder` is what the monitor knows it by."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self._sound, self._trouble = name, folder, "normal", ""
        folder.mkdir()
        self._put()

    def play(self, sound: str) -> None:
        """Let the machine sound ``"normal"`` or ``"faulty"``."""
        self._sound = sound
        self._put()

    def fail(self, trouble: str) -> None:
        """Let the microphone be ``"silent"``, ``"died"``, ``"hung"`` or ``"absent"``; empty for none of it."""
        self._trouble = trouble
        self._put()

    def _put(self) -> None:
        put(self.folder / "mode", self._trouble or self._sound)


def make_plant(folder: Path, machines: int, speed: float, at: float, notify: str) -> tuple[list[Microphone], float]:
    """Make a plant whose machines have heard their shadow; return their microphones, and their bound on false events.

    `notify`: TOML of the channels.
    """
    played, model = _looped(pump_sound(TRAIN_S + PLAYED_S + 1)[TRAIN_S * RATE :], PLAYED_S), folder / MODEL
    pump_model(pump_sound(TRAIN_S), WINDOW_S).save(model)
    faulty = _looped(pump_sound(FAULTY_S + 1, fault=FAULT), FAULTY_S)
    for name, sound in (("normal", played), ("faulty", faulty)):
        (folder / f"{name}.raw").write_bytes(sound.tobytes())
    program = folder / "ffmpeg"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {soak_microphone.__file__} "$@"\n')
    program.chmod(0o755)
    put(folder / "pace", str(speed))
    put(folder / "ahead", "0")
    microphones = [Microphone(f"pump {number}", folder / f"pump{number}") for number in range(machines)]
    shadow_s = TURNS * PLAYED_S
    toml = HEAD + notify
    for one in microphones:
        days = (shadow_s - 60) / DAY_S
        toml += MACHINE.format(name=one.name, model=MODEL, days=days, folder=one.folder, program=program)
    (folder / "plant.toml").write_text(toml)
    with closing(Store(folder / "plant.db")) as store:
        bound = _listen(store, folder, read_settings(folder / "plant.toml"), played, at - shadow_s)
    return microphones, bound


def _looped(sound: Samples, seconds: int) -> NDArray[np.int16]:
    """Return sound whose end goes over into its begin, as a pipe carries it."""
    joint, length = round(JOINT_S * RATE), seconds * RATE
    rise = np.sin(np.linspace(0, np.pi / 2, joint, dtype=np.float32))
    looped = sound[:length].copy()
    looped[:joint] = looped[:joint] * rise + sound[length : length + joint] * rise[::-1]
    return (looped * 32_767).astype("<i2")


def _listen(store: Store, folder: Path, settings: PlantSettings, sound: NDArray[np.int16], at: float) -> float:
    """Let one machine hear its shadow, which is that of all, since they play the same sound; return its bound."""
    first = settings.machine[0]
    model, model_id = load_model(first, folder)
    machine = WatchedMachine(first, model, model_id)
    findings = Findings()
    for turn in range(TURNS):
        begin = at + turn * PLAYED_S
        findings += machine.feed(Begin(RATE, begin))
        findings += machine.feed((np.roll(sound, -turn * BLOCK).astype(np.float32) / np.float32(32_768))[:, None])
    findings += machine.stop(at + TURNS * PLAYED_S)
    for one in settings.machine:
        minutes = [replace(minute, machine=one.name) for minute in findings.minutes]
        store.write(Findings(minutes=minutes, steps=[replace(step, machine=one.name) for step in findings.steps]))
    if machine.sensitivity is None:
        raise AssertionError("the shadow is long enough")
    return machine.sensitivity.bound()


class MonitorProcess:
    """The monitor in a process of its own, started again and again.

    `clock`: by which it is to go.
    """

    def __init__(self, folder: Path, speed: float) -> None:
        self._folder, self._speed = folder, speed
        self.log = folder / "monitor.log"
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, at: float, since: float) -> None:
        """Start it, by a clock of so much at that time."""
        command = [sys.executable, "-m", "benchmarks.soak_monitor", self._folder / "plant.toml", self._speed, at, since]
        self._process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        Thread(target=self._drain, args=(self._process,), daemon=True).start()
        self.starts += 1

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        """Keep what it says, where a full disk does not reach."""
        if process.stdout is None:
            raise AssertionError("it was asked for")
        with process.stdout as said:
            for line in said:
                with self.log.open("ab") as log:
                    log.write(line)

    @property
    def pid(self) -> int:
        """Its process."""
        if self._process is None:
            raise AssertionError("it was never started")
        return self._process.pid

    def kill(self) -> None:
        """Kill it, so that it cannot do anything about it."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        """Ask it to end, and return its exit status."""
        os.kill(self.pid, signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; return its exit status."""
        if self._process is None:
            raise AssertionError("it was never started")
        return self._process.wait(PATIENCE_S)

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let every file be too large meanwhile that it writes to."""
        prlimit(self.pid, RLIMIT_FSIZE, (0, RLIM_INFINITY))
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                prlimit(self.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
