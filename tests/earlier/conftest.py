"""A folder in which the commands of an earlier version were given: its clips, and copies of the files it wrote."""

from __future__ import annotations

import json
import math
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.earlier.plant import write_clips, write_crowd

from offkey.cli.main import main

FILES = Path(__file__).parent / "files"
ABOUT = json.loads((FILES / "about.json").read_text())
WITHIN = 2e-4
"""How far numbers may be apart: processors and libraries round the single precision of spectra each in their way."""

REWORDED = {
    "check these clips, they are unlike all others that were learnt": (
        "listen to these clips, they differ from all others that were learnt"
    )
}
"""Sentences of the earlier version that say the same in other words today."""

_HEADER = 44  # bytes of that of a WAV file

Run = Callable[[str], Any]
Written = Callable[[str], Any]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clips, to be copied."""
    folder = tmp_path_factory.mktemp("clips")
    write_clips(folder)
    write_crowd(folder)
    return folder


@pytest.fixture
def here(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, which may be written to; times of change are kept."""
    shutil.copytree(clips, tmp_path, copy_function=os.link, dirs_exist_ok=True)
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user-cache"))
    return tmp_path


@pytest.fixture
def run(here: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a command line; what it prints as JSON. It must succeed, be it for some inputs alone."""

    def call(line: str) -> Any:
        capsys.readouterr()
        status = main(shlex.split(line))
        out, err = capsys.readouterr()
        assert status in (0, 3), err
        return json.loads(out) if "--json" in line else None

    return call


@pytest.fixture
def written(here: Path) -> Written:
    """What the earlier version printed, by the path of the file, in the words of today."""

    def read(name: str) -> Any:
        text = (here / name).read_text()
        for then, now in REWORDED.items():
            text = text.replace(then, now)
        return json.loads(text)

    return read


def apart(found: Any, expected: Any, where: str = "") -> list[str]:
    """Say where a JSON value is not what it was; keys may have been added."""
    if isinstance(expected, dict) and isinstance(found, dict):
        gone = [f"{where}.{key} is gone" for key in expected if key not in found]
        return gone + [
            one for key in expected if key in found for one in apart(found[key], expected[key], f"{where}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(found, expected, strict=True))
        return [one for k, (now, then) in pairs for one in apart(now, then, f"{where}[{k}]")]
    if isinstance(expected, float) and isinstance(found, float):
        same = math.isclose(found, expected, rel_tol=WITHIN, abs_tol=WITHIN)
    else:
        same = found == expected
    return [] if same else [f"{where} was {expected!r}, is {found!r}"]


@contextmanager
def as_version(version: str) -> Iterator[None]:
    """Let offkey take itself for another version."""

    def everywhere(value: str) -> None:
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == "offkey" and "__version__" in vars(module):
                vars(module)["__version__"] = value

    before = sys.modules["offkey"].__version__
    everywhere(version)
    try:
        yield
    finally:
        everywhere(before)


def spoil(*clips: Path) -> None:
    """Put silence, which nobody can score, in the place of clips, as long and with the same time of change.

    Headers stay, for they tell the rate.
    """
    for clip in clips:
        state = clip.stat()
        header = clip.read_bytes()[:_HEADER]
        clip.unlink()  # one of several links to the file
        clip.write_bytes(header.ljust(state.st_size, b"\0"))
        os.utime(clip, ns=(state.st_mtime_ns, state.st_mtime_ns))
