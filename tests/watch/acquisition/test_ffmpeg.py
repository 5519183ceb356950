"""A child process in place of ffmpeg that behaves as badly as one can; and ffmpeg itself where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import soundfile
from tests.conftest import Hum
from tests.watch.acquisition.conftest import wait_for

from offkey.watch.acquisition.child import Child
from offkey.watch.acquisition.ffmpeg import Ffmpeg
from offkey.watch.acquisition.source import Begin, Item, SourceLostError
from offkey.watch.clock import MovedClock

Stub = Callable[[str], str]


@pytest.fixture
def stub(tmp_path: Path) -> Stub:
    """Return a function: the text of a program to its path, which stands in for ffmpeg."""

    def make(text: str) -> str:
        path = tmp_path / "stub"
        path.write_text(f"#!{sys.executable} -S\nimport os, signal, sys, time\n{text}")
        path.chmod(0o755)
        return str(path)

    return make


def _is_gone(process: int) -> bool:
    """Wait until a process has ended, and return whether it has; one that was not reaped is still there."""

    def has_ended() -> bool:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        return state == "Z" and os.getppid() == 1

    return wait_for(has_ended)


def test_sound_of_a_child_comes_as_samples(stub: Stub) -> None:
    program = stub("sys.stdout.buffer.write(bytes(range(200)) * 10); sys.exit(134)")
    items: list[Item] = []
    with pytest.raises(SourceLostError, match="ffmpeg has ended: status 134, it said nothing"):
        items.extend(Ffmpeg("udp://x", 16_000, 1, program=program).listen(Event()))
    begin, block = items
    assert isinstance(begin, Begin)
    assert isinstance(block, np.ndarray)
    assert block.shape == (1000, 1)
    assert block[0, 0] == np.float32(256 / 32_768)


def test_standard_error_is_drained_and_64_kb_of_it_are_kept(stub: Stub) -> None:
    program = stub("os.write(2, b'x' * 1_000_000 + b'\\nno route to host\\n'); sys.exit(1)")
    with Child([program]) as child:
        assert child.complaint() == "status 1, no route to host"
        assert len(child._said) == 64 * 1024


def test_a_child_that_hangs_is_killed_with_its_children_and_reaped(stub: Stub) -> None:
    program = stub(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "os.write(1, b'%07d\\n' % os.getpid()) if child else None\n"
        "time.sleep(60)"
    )
    started = []

    def listen() -> None:
        with Child([program]) as child:
            started.append(int(os.read(child.descriptor, 8)))
            group = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _group(path) == started[0]]
            started.extend(group)

    if not Path("/proc/self/stat").exists():
        pytest.skip("this system has no /proc")
    listen()
    assert len(set(started)) == 2
    assert all(_is_gone(process) for process in set(started))


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed")
def test_a_child_that_hangs_does_not_outlive_a_monitor_that_is_killed(stub: Stub) -> None:
    program = stub("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.write(1, b'%d\\n' % os.getpid())\ntime.sleep(60)")
    monitor = (
        "import os, sys, time\nfrom offkey.watch.acquisition.child import Child\n"
        "with Child([sys.argv[1]]) as child:\n"
        "    os.write(1, os.read(child.descriptor, 100))\n    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", monitor, program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
    assert _is_gone(child)


def _group(path: Path) -> int:
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[2])
    except OSError:
        return -1


def test_alive_means_frames_arrive_a_child_that_stops_is_lost(stub: Stub) -> None:
    program, clock = stub("os.write(1, bytes(100)); time.sleep(60)"), MovedClock()
    source = Ffmpeg("udp://x", 16_000, 1, program=program).listen(Event(), clock)
    next(source), next(source)
    clock.move(31)
    with pytest.raises(SourceLostError, match="No sound came for 30 s"):
        next(source)


def test_a_password_stands_in_no_message(stub: Stub) -> None:
    program = stub("os.write(2, ' '.join(sys.argv).encode()); sys.exit(1)")
    with pytest.raises(SourceLostError) as lost:
        list(Ffmpeg("rtsp://me:secret@camera/1", 16_000, 2, program=program).listen(Event()))
    assert "secret" not in str(lost.value)
    assert "-rtsp_transport tcp -i rtsp://camera/1 -vn -f s16le -ac 2 -ar 16000 pipe:1" in str(lost.value)


def test_a_microphone_is_an_input_in_a_format_of_its_own(stub: Stub) -> None:
    program = stub("os.write(2, ' '.join(sys.argv).encode()); sys.exit(1)")
    with pytest.raises(SourceLostError, match="-loglevel error -f alsa -i hw:CARD=Device -vn"):
        list(Ffmpeg("hw:CARD=Device", 16_000, 1, input_format="alsa", program=program).listen(Event()))


def test_a_program_that_is_not_there_is_a_source_that_is_lost() -> None:
    with pytest.raises(SourceLostError, match="no_such_ffmpeg cannot be started: No such file"):
        list(Ffmpeg("udp://x", 16_000, 1, program="no_such_ffmpeg").listen(Event()))


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_ffmpeg_gives_the_samples_of_a_file(tmp_path: Path, hum: Hum) -> None:
    soundfile.write(tmp_path / "a.wav", hum(), 16_000, subtype="PCM_16")
    items: list[Item] = []
    with pytest.raises(SourceLostError, match="status 0"):
        items.extend(Ffmpeg(str(tmp_path / "a.wav"), 16_000, 1).listen(Event()))
    sound = np.concatenate([item for item in items if isinstance(item, np.ndarray)])
    assert np.array_equal(sound[:, 0], soundfile.read(tmp_path / "a.wav", dtype="float32")[0])
