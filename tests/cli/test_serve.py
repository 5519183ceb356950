"""Commands ``offkey serve`` and ``offkey token``."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from offkey.client import Client
from offkey.errors import OffkeyError


def test_a_served_model_scores_until_it_is_interrupted(model_file: Path, normal_folder: Path) -> None:
    command = [sys.executable, "-m", "offkey", "serve", str(model_file), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://[\d.:]+", process.stderr.readline())
        assert found is not None
        clip = next(normal_folder.glob("*.wav"))
        assert Client(found[0]).score("m", clip)["rows"][0]["file"] == clip.name
        process.send_signal(signal.SIGINT)
        process.wait(30)


def test_two_models_of_one_name_are_refused(run, model_file: Path, tmp_path: Path) -> None:
    other = tmp_path / model_file.name
    other.write_bytes(model_file.read_bytes())
    ran = run("serve", model_file, other, "--port", 0)
    assert ran.status == 2
    assert "Two models are called 'm'" in ran.err


def test_a_token_is_made_listed_and_removed(run, tmp_path: Path) -> None:
    file = tmp_path / "tokens.txt"
    made = run("token", "add", file, "anna", "--scope", "review")
    assert made.status == 0
    assert len(made.out.strip()) >= 43
    assert run("token", "list", file, "--json").json == {"tokens": [{"name": "anna", "scope": "review"}]}
    assert run("token", "remove", file, "anna").status == 0
    assert "There are no tokens" in run("token", "list", file).err
    assert run("token", "remove", file, "anna").status == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_sigterm_ends_a_server_within_seconds_while_a_stream_goes_on(model_file: Path) -> None:
    command = [sys.executable, "-m", "offkey", "serve", str(model_file), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://[\d.:]+", process.stderr.readline())
        assert found is not None
        rate = Client(found[0]).models()[0]["rate"]
        go_on, began = Event(), Event()

        def blocks() -> Iterator[bytes]:
            yield bytes(2 * rate)
            began.set()
            go_on.wait(60)

        def stream() -> None:
            with suppress(OffkeyError):
                list(Client(found[0]).stream("m", blocks(), rate=rate))

        streaming = Thread(target=stream)
        streaming.start()
        assert began.wait(30)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        go_on.set()
        streaming.join()
        assert "Traceback" not in process.stderr.read()


def test_no_token_is_made_where_it_would_stand_in_a_log(run, model_file: Path) -> None:
    for more in (("--host", "0.0.0.0"), ("--name", "plant.example")):  # noqa: S104
        ran = run("serve", model_file, "--port", 0, *more)
        assert ran.status == 2
        assert "would stand in a log: make one with 'offkey token add" in ran.err
