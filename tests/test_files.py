from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from offkey.errors import OffkeyError
from offkey.files import atomic_binary, atomic_text


def test_a_file_appears_whole_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with atomic_text(path) as file:
        file.write("grüße\n")
        file.flush()
        assert not path.exists()
    assert path.read_bytes() == "grüße\n".encode()
    with atomic_binary(path) as file:
        file.write(b"\x00\x01")
    assert path.read_bytes() == b"\x00\x01"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def fail() -> None:
        with atomic_text(path) as file:
            file.write("new")
            raise KeyError("something else")

    with pytest.raises(KeyError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_in_one_sentence() -> None:
    with (
        pytest.raises(OffkeyError, match="/dev/full cannot be written: No space left on device"),
        atomic_text(Path("/dev/full")) as file,
    ):
        file.write("x")


def test_without_nameless_files_a_hidden_one_is_used_and_cleaned_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    path = tmp_path / "out.csv"
    with atomic_text(path) as file:
        file.write("x")
    assert path.read_text() == "x"

    def fail() -> None:
        with atomic_text(path) as file:
            file.write("y")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="this system has no files without a name")
def test_a_killed_writer_leaves_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from offkey.files import atomic_text\n"
        "with atomic_text(Path(sys.argv[1])) as file:\n"
        "    file.write('x' * 100_000); file.flush(); print('ready', flush=True); time.sleep(60)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, tmp_path / "out.csv"], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"ready\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
