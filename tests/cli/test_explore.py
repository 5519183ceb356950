"""The command as its own process, asked over the network as a browser would."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest


def _start(*arguments: object) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "offkey", "explore", *map(str, arguments), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"http://\S+", line)
    assert found, line + process.stderr.read()
    return process, found[0]


def _get(link: str) -> tuple[int, str]:
    for _ in range(100):  # the link is printed just before the first answer
        try:
            with urllib.request.urlopen(link, timeout=10) as answer:  # noqa: S310 - our own address
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError(f"{link} does not answer")


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_a_folder_is_explored_until_it_is_interrupted(normal_folder: Path, tmp_path: Path) -> None:
    process, link = _start(normal_folder, "--cache", tmp_path / "cache")
    try:
        assert link.startswith("http://127.0.0.1:")
        status, page = _get(link)
        assert status == 200
        assert "<strong>24</strong> clips" in page
    finally:
        _end(process)


def test_an_address_that_others_reach_asks_for_the_token(normal_folder: Path, tmp_path: Path) -> None:
    process, link = _start(normal_folder, "--cache", tmp_path / "cache", "--host", "0.0.0.0")  # noqa: S104
    try:
        here = link.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        assert _get(here.split("?")[0])[0] == 401
    finally:
        _end(process)


def test_what_cannot_be_explored_is_said(
    run, normal_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run("explore", tmp_path / "nothing", "--port", 0)
    assert (ran.status, "does not exist" in ran.err) == (1, True)
    ran = run("explore", normal_folder, "--dataset", "nonsense", "--port", 0)
    assert (ran.status, "There is no data set 'nonsense'" in ran.err) == (2, True)
    ran = run("explore", normal_folder, "--model", "a", "--run", "b", "--port", 0)
    assert (ran.status, "give one of them" in ran.err) == (2, True)
    ran = run("explore", normal_folder, "--run", tmp_path, "--port", 0, "--cache", tmp_path / "cache")
    assert (ran.status, "is no run" in ran.err) == (1, True)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    ran = run("explore", normal_folder)
    assert ran.status == 1
    assert "The explorer needs fastapi, which is not installed: pip install 'offkey[web]' brings it." in ran.err
