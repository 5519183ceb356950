"""Commands get alerts on standard input, and nothing is left of them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offkey.watch.advisory.channels.base import LaterError, RefusedError, Site
from offkey.watch.advisory.channels.command import CommandChannel
from offkey.watch.advisory.settings import CommandSettings

Command = Callable[..., CommandChannel]
Alerts = Callable[..., Any]


@pytest.fixture
def command(site: Site) -> Command:
    """Return a function: a program of Python and a time limit to a channel."""

    def make(program: str, timeout_s: float = 60.0) -> CommandChannel:
        argv = [sys.executable, "-c", program, "$HOME; *"]
        return CommandChannel(CommandSettings(kind="command", command=argv, timeout_s=timeout_s), site)

    return make


def test_a_program_gets_the_alert_as_json_and_its_arguments_as_they_are(
    command: Command, site: Site, alert: Alerts
) -> None:
    said = command("import sys; open('got', 'w').write(sys.argv[1] + chr(10) + sys.stdin.read())").send(alert())
    first, _, body = (site.folder / "got").read_text(encoding="utf-8").partition("\n")
    assert first == "$HOME; *"
    assert (json.loads(body)["id"], json.loads(body)["machine"]) == ("e1", "pump")
    assert said == f"{sys.executable} ended in order"


def test_a_program_that_fails_is_tried_again_with_its_last_words(command: Command, alert: Alerts) -> None:
    with pytest.raises(LaterError, match=r"ended with status 3: no disk\.$"):
        command("import sys; print('x' * 9999, file=sys.stderr); print('no disk', file=sys.stderr); sys.exit(3)").send(
            alert()
        )
    with pytest.raises(LaterError, match=r"ended with status 4: it wrote no error"):
        command("raise SystemExit(4)").send(alert())


def test_a_program_that_does_not_end_is_killed_with_all_that_it_started(
    command: Command, site: Site, alert: Alerts
) -> None:
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('child', 'w').write(str(child.pid)); time.sleep(600)"
    )
    channel = command(program, timeout_s=3)
    while not (site.folder / "child").exists():  # on a busy computer it may be killed before it has begun
        with pytest.raises(LaterError, match=r"took longer than 3 s, and was killed"):
            channel.send(alert())
    _assert_ends(int((site.folder / "child").read_text(encoding="utf-8")))


def _assert_ends(pid: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except (ProcessLookupError, FileNotFoundError):
            return
        if "Z" in state.rpartition(")")[2].split()[:1]:
            return  # dead, and nobody has fetched its status
        time.sleep(0.02)
    raise AssertionError("a child was left running")


def test_a_program_that_does_not_read_is_no_failure(command: Command, alert: Alerts) -> None:
    command("pass").send(alert(text="x" * 1_000_000))


def test_a_program_that_is_not_there_is_named(site: Site, alert: Alerts) -> None:
    channel = CommandChannel(CommandSettings(kind="command", command=["no-such-program"]), site)
    with pytest.raises(RefusedError, match=r"There is no program no-such-program\."):
        channel.check()
    with pytest.raises(LaterError, match=r"no-such-program cannot be started: No such file or directory\."):
        channel.send(alert())


def test_a_check_starts_nothing(command: Command, site: Site) -> None:
    assert command("open('got', 'w')").check() == f"{sys.executable} is there"
    assert not (site.folder / "got").exists()
