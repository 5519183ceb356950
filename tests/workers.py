"""Clips to work on, executors to do it, and workers that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import soundfile

import offkey
from offkey.work.here import Here


@pytest.fixture(scope="session")
def clips_folder(tmp_path_factory: pytest.TempPathFactory, hum) -> Path:
    """40 clips of one second, some with a fault, three that are bad, one with a name that is not UTF-8."""
    folder = tmp_path_factory.mktemp("clips")
    for number in range(36):
        tone = 3000.0 if number % 9 == 0 else None
        soundfile.write(folder / f"clip_{number:02d}.wav", hum(500 + number, tone_hz=tone), 16_000)
    (folder / "clip_90_empty.wav").write_bytes(b"")
    (folder / "clip_91_text.wav").write_text("no sound")
    whole = (folder / "clip_00.wav").read_bytes()
    (folder / "clip_92_truncated.wav").write_bytes(whole[: len(whole) // 2])
    soundfile.write(folder / "clip_93.wav", hum(536), 16_000)
    (folder / "clip_93.wav").rename(folder / os.fsdecode(b"clip_93_\xff.wav"))
    return folder


@pytest.fixture(scope="session")
def model_file(normal_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "hum.offkey"
    offkey.fit(normal_folder).save(path)
    return path


@pytest.fixture(params=["local", "ray"])
def engine_name(request: pytest.FixtureRequest) -> str:
    if request.param == "ray":
        request.getfixturevalue("ray_address")
    return str(request.param)


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def killing_workers() -> Callable[[str], AbstractContextManager[list[int]]]:
    """Return a context in which workers of an engine are killed, twice at most; it tells their ids."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("workers are found through /proc")

    @contextmanager
    def killing(engine: str) -> Iterator[list[int]]:
        killed: list[int] = []
        finished = threading.Event()

        def kill_some() -> None:
            times = 0
            while times < 2 and not finished.wait(0.05):
                if found := _kill(engine):
                    killed.extend(found)
                    times += 1
                    finished.wait(4)  # a worker needs about a second to start, under load longer

        killer = threading.Thread(target=kill_some)
        killer.start()
        try:
            yield killed
        finally:
            finished.set()
            killer.join()

    return killing


def _kill(engine: str) -> list[int]:
    """Kill the processes that do work at the moment."""
    killed = []
    for pid in _worker_pids(engine):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        killed.append(pid)
    return killed


def _worker_pids(engine: str) -> list[int]:
    if engine == "local":
        return [child.pid for child in multiprocessing.active_children() if child.pid is not None]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cmdline").read_bytes().startswith(b"ray::do_there") and _is_ours(int(process.name)):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _is_ours(pid: int) -> bool:
    """Tell whether a process descends from this one: on this machine may be other clusters."""
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return False
