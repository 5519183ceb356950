"""Microphones and cameras that come late, go, come back and hang: PulseAudio, an RTSP server, ffmpeg."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from tests.watch.acquisition.conftest import Camera, SoundServer, state_comes, wait_for

from offkey.watch.acquisition.feed import Feed
from offkey.watch.acquisition.ffmpeg import Ffmpeg
from offkey.watch.acquisition.sound_card import SoundCard, level_db, list_microphones
from offkey.watch.acquisition.source import End, Source, SourceLostError
from offkey.watch.clock import MovedClock

Listen = Callable[[Source], Feed]
HEALTHY = "healthy", "silent"
NOISE = "anoisesrc=r=16000:a=0.2,arealtime"


class Clock(MovedClock):
    """A clock that pauses move at once, and that else stands still, so that a slow start of a child is no silence."""

    def wait(self, event: Event, seconds: float) -> bool:
        self.move(seconds)
        return event.is_set()


@pytest.fixture
def clock() -> Clock:
    """The clock that sources are listened to by."""
    return Clock()


@pytest.fixture
def listen(clock: Clock) -> Iterator[Listen]:
    """Return a function: a source to a feed that listens to it."""
    feeds = []

    def start(source: Source) -> Feed:
        feeds.append(Feed(source, Event(), clock))
        feeds[-1].start()
        return feeds[-1]

    yield start
    for feed in feeds:
        feed.stop()


def _pipes() -> set[str]:
    """Return the pipes of this process; other threads may open and close files and sockets meanwhile."""
    found = set()
    for number in os.listdir("/proc/self/fd"):  # noqa: PTH208 - a folder that changes while it is listed
        with suppress(OSError):
            found.add(str(Path(f"/proc/self/fd/{number}").readlink()))
    return {name for name in found if name.startswith("pipe:")}


def _children(name: str) -> list[int]:
    """Return the children of this process that run a program."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            program, rest = path.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        if program == name and int(rest.split()[1]) == os.getpid():
            found.append(int(path.parent.name))
    return found


def _breaks_off(feed: Feed, clock: Clock, reason: str = "") -> bool:
    """Let time pass until the sound of a feed breaks off; return whether it does, with a reason that has such words."""

    def has_ended() -> bool:
        while (item := feed.take()) is not None:
            if isinstance(item, End) and reason in item.reason:
                return True
        clock.move(31)
        return False

    return wait_for(has_ended)


def test_a_microphone_absent_at_boot_is_picked_up_and_its_loss_is_noticed(
    sound_server: SoundServer, clock: Clock, listen: Listen
) -> None:
    feed = listen(SoundCard("name:hall", 16_000, 1))
    assert wait_for(lambda: bool(feed.state()[1]))
    assert feed.state()[0] == "waiting"
    unplug = sound_server.plug("hall")
    assert state_comes(feed, *HEALTHY)
    unplug()
    assert _breaks_off(feed, clock)
    assert state_comes(feed, "reconnecting", "failed", "flapping")
    sound_server.plug("hall")
    assert state_comes(feed, *HEALTHY, "flapping")


def test_a_microphone_gives_what_is_played_at_its_level(sound_server: SoundServer, tmp_path: Path) -> None:
    sound_server.plug("hall")
    assert "name:hall" in [one.known_by[0] for one in list_microphones()]
    noise = (0.1 * 32_767 * np.random.default_rng(0).standard_normal(60 * 16_000)).clip(-32_767, 32_767)
    (tmp_path / "noise.raw").write_bytes(noise.astype("<i2").tobytes())
    play = ["pacat", "--device=hall", "--rate=16000", "--channels=1", "--format=s16le", "--raw"]
    player = subprocess.Popen([*play, str(tmp_path / "noise.raw")])
    levels = [-np.inf]

    def is_as_loud_as_it_is_played() -> bool:
        levels.append(level_db("name:hall", 16_000, 1, seconds=0.3, patience_s=60))
        return levels[-1] == pytest.approx(-20, abs=1.5)

    try:
        assert wait_for(is_as_loud_as_it_is_played), levels
    finally:
        player.kill()
        player.wait()


def test_a_camera_that_starts_later_dies_and_hangs_is_connected_for_ever(
    camera: Camera, clock: Clock, listen: Listen
) -> None:
    feed = listen(Ffmpeg(camera.link, 16_000, 1))
    assert wait_for(lambda: "Connection refused" in feed.state()[1])
    assert feed.state()[0] == "waiting"
    camera.start()
    assert state_comes(feed, "healthy")
    camera.kill()
    assert state_comes(feed, "reconnecting", "failed")
    camera.start()
    assert state_comes(feed, "healthy")
    assert camera.process is not None
    camera.process.send_signal(signal.SIGSTOP)
    assert _breaks_off(feed, clock, "No sound came for 30 s.")
    assert feed.state()[0] == "reconnecting"
    camera.process.send_signal(signal.SIGCONT)
    assert state_comes(feed, "healthy")


@pytest.fixture
def noise() -> Ffmpeg:
    """White noise as ffmpeg makes it, in real time."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    return Ffmpeg(NOISE, 16_000, 1, input_format="lavfi")


def test_alive_means_frames_arrive_a_stopped_child_of_ffmpeg_is_replaced(
    noise: Ffmpeg, clock: Clock, listen: Listen
) -> None:
    feed = listen(noise)
    assert state_comes(feed, "healthy")
    (child,) = _children("ffmpeg")
    os.kill(child, signal.SIGSTOP)
    assert _breaks_off(feed, clock, "No sound came for 30 s.")
    assert state_comes(feed, "healthy")
    assert _children("ffmpeg") != [child]


def test_a_failed_source_is_tried_again_for_ever_and_comes_back_after_ten_minutes(
    noise: Ffmpeg, tmp_path: Path, clock: Clock
) -> None:
    program, tries = tmp_path / "ffmpeg", tmp_path / "tries"
    program.write_text(f"#!/bin/sh\necho >> {tries}\nexit 1\n")
    program.chmod(0o755)
    source = Ffmpeg(NOISE, 16_000, 1, input_format="lavfi", program=str(program))
    feed = Feed(source, Event(), clock)
    feed._states.received(np.ones((2, 1), np.float32), 16_000, 0.0)  # it gave sound once
    feed.start()
    try:
        assert wait_for(lambda: clock.monotonic() > 600)
        assert feed.state()[0] == "failed"
        assert len(tries.read_text()) > 8
        program.write_text('#!/bin/sh\nexec ffmpeg "$@"\n')
        assert state_comes(feed, "healthy")
    finally:
        feed.stop()


def test_a_hundred_children_that_die_flood_or_ignore_the_end_leave_no_zombie_and_no_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offkey.watch.acquisition.child._PATIENCE_S", 0.02)
    monkeypatch.setattr("offkey.watch.acquisition.pcm._ATTENTION_S", 0.02)
    flood = "trap '' TERM; yes no route to host >&2"
    texts = ("exit 134", flood, f"{flood} & sleep 60", "yes")
    programs = [tmp_path / f"stub{number}" for number in range(len(texts))]
    for program, text in zip(programs, texts, strict=True):
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    before = _pipes()
    for number in range(100):
        source = Ffmpeg("udp://x", 16_000, 1, program=str(programs[number % 4]), silent_s=0.05)
        stopping = Event()
        try:
            for _ in source.listen(stopping):
                stopping.set()
        except SourceLostError:
            pass
    assert _pipes() <= before
    assert wait_for(lambda: not any(_children(name) for name in (*(program.name for program in programs), "sh", "yes")))
