from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from offkey.errors import OffkeyError
from offkey.files import atomic_binary, atomic_folder, atomic_text, make_folder, write_bytes


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
        "import sys, time; from pathlib import Path; from offkey.files import atomic_folder, atomic_text\n"
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


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_who_may_read_a_file_does_not_change_when_it_is_written_again(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "m.offkey"
    path.write_text("old")
    path.chmod(mode)
    with atomic_binary(path) as file:
        file.write(b"new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "real.csv", tmp_path / "link.csv"
    if exists:
        target.write_text("old")
        target.chmod(0o600)
    link.symlink_to(Path("there", "real.csv"))
    with atomic_text(link) as file:
        file.write("new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert not exists or target.stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "there").iterdir()) == [target]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no /dev/null")
def test_an_archive_may_go_to_a_device() -> None:
    for device in ("/dev/null", "/dev/full"):
        refused = pytest.raises(OffkeyError, match="No space left") if device == "/dev/full" else nullcontext()
        with refused, atomic_binary(Path(device)) as file, zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a", b"0" * 1000)
            archive.writestr("b", b"1")


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    make_folder(tmp_path / "one" / "two")
    make_folder(tmp_path / "one" / "two")
    write_bytes(tmp_path / "one" / "two" / "three", b"3")
    assert (tmp_path / "one" / "two" / "three").read_bytes() == b"3"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OffkeyError, match=r"folder .*file/folder cannot be made: "):
        make_folder(tmp_path / "file" / "folder")
    with pytest.raises(OffkeyError, match=r"folder .*none/folder cannot be made: "):
        make_folder(tmp_path / "none" / "folder", parents=False)


def test_a_folder_takes_the_place_of_another_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for text in ("old", "new"):
        with atomic_folder(out) as new:
            (new / text).write_text(text)
            assert [path.name for path in out.glob("*")] == ["old"] * (text == "new")
    with suppress(KeyError), atomic_folder(out) as new:
        (new / "half").write_text("")
        raise KeyError
    assert [path.name for path in out.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with pytest.raises(OffkeyError, match="cannot be written"), atomic_folder(tmp_path / "no" / "out"):
        pass
