"""Clips of normal sound: whole or not at all, whatever the disk does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from offkey.watch.life.normal_set import NormalSet

_WRITE = """
import resource, sys
from pathlib import Path
import numpy as np
from offkey.errors import OffkeyError
from offkey.watch.life.normal_set import write_clip

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_clip(Path(sys.argv[1]), 0.0, np.random.default_rng(0).normal(0, 0.1, (16_000, 1)), 16_000)
except OffkeyError as error:
    print(error)
"""


@pytest.mark.parametrize("machine", ["pump 7", "\u6cf5" * 100, "\U0001f600" * 99 + "/", "../..", "a" * 100])
def test_each_name_of_a_machine_has_a_folder_of_its_own(tmp_path: Path, machine: str) -> None:
    joined = NormalSet(tmp_path, machine).join(b"fLaC", "clip")
    NormalSet(tmp_path, f"{machine[:-1]}x").join(b"fLaC", "clip")
    assert joined.read_bytes() == b"fLaC"
    assert len(list((tmp_path / "normal").iterdir())) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files cannot be limited there")
def test_a_disk_that_is_full_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _WRITE, tmp_path], capture_output=True, text=True, check=True)
    assert (done.stdout.count("\n"), "cannot be written" in done.stdout, done.stderr) == (1, True, "")
    assert not list(tmp_path.iterdir())
