"""Folders of any shape: links, loops, depth, and what cannot be entered."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from offkey.audio import FileRecording
from offkey.audio.walk import list_folder, walk
from offkey.errors import AudioError


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def _clips(root: Path) -> list[str]:
    return [clip.relative_to(root).as_posix() for folder in walk(root) for clip in folder.clips]


def test_linked_folders_are_followed_each_real_folder_once(tmp_path: Path) -> None:
    root, disk = tmp_path / "rec", tmp_path / "disk"
    _touch(root / "day1" / "a.wav", disk / "day2" / "b.wav", disk / "day3" / "c.wav")
    (root / "a link to day1").symlink_to(root / "day1")
    (root / "day2").symlink_to(disk / "day2")
    (root / "z").symlink_to(disk)  # holds day2 once more
    assert _clips(root) == ["day1/a.wav", "day2/b.wav", "z/day3/c.wav"]


def test_links_that_go_round_end(tmp_path: Path) -> None:
    root = tmp_path / "rec"
    _touch(root / "x" / "a.wav", tmp_path / "beside" / "b.wav")
    for number, target in enumerate((root, root / "x", tmp_path, Path(".."), Path("/"))):
        (root / "x" / f"loop{number}").symlink_to(target)
    assert _clips(root) == ["x/a.wav"]


def test_a_tree_may_be_deeper_than_any_stack(tmp_path: Path) -> None:
    folders = [tmp_path]
    for _ in range(1200):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    made = folders[-1] / "a.wav"
    made.touch()
    (clip,) = (clip for one in walk(tmp_path) for clip in one.clips)
    assert clip == made
    made.unlink()  # what pytest takes away it takes away recursively
    for folder in reversed(folders[1:]):
        folder.rmdir()


def test_what_is_taken_away_is_not_entered(tmp_path: Path) -> None:
    _touch(*(tmp_path / folder / "a.wav" for folder in ("a", "b", ".c", "lost+found")))
    found = []
    for folder in walk(tmp_path):
        found.append(folder.path.name)
        if "a" in folder.below:
            folder.below.remove("a")
    assert found == [tmp_path.name, "b"]


def test_pipes_and_links_to_nothing_are_clips_by_their_name(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "live.wav")
    (tmp_path / "gone.flac").symlink_to(tmp_path / "nothing")
    _touch(tmp_path / "a.wv", tmp_path / "b.AVI", tmp_path / "c.txt")
    folder = list_folder(tmp_path)
    assert [clip.name for clip in folder.clips] == ["gone.flac", "live.wav"]
    assert [file.name for file in folder.unread] == ["a.wv", "b.AVI"]


def test_links_that_lead_nowhere_stand_for_the_clips_behind_them(tmp_path: Path) -> None:
    (tmp_path / "day2").symlink_to(tmp_path / "a disk that is not there")
    (tmp_path / "2024.11.03").symlink_to(tmp_path / "2024.11.03")
    (tmp_path / "notes.txt").symlink_to(tmp_path / "nothing")
    assert _clips(tmp_path) == ["2024.11.03", "day2"]
    assert ["No such file" in str(folder.error) for folder in walk(tmp_path) if folder.error] == [False, True]


@pytest.fixture
def shut() -> Iterator[Path]:
    """A folder with a clip in `open` and one in `shut`, which this process cannot enter while the test runs."""
    root = Path(tempfile.mkdtemp(dir="/tmp"))
    _touch(root / "open" / "a.wav", root / "shut" / "b.wav")
    root.chmod(0o755)
    (root / "shut").chmod(0)
    is_root = os.geteuid() == 0
    if is_root:  # whom no mode keeps out
        os.seteuid(65534)
    try:
        yield root
    finally:
        if is_root:
            os.seteuid(0)
        (root / "shut").chmod(0o700)
        shutil.rmtree(root)


@pytest.mark.skipif(os.name != "posix", reason="modes of folders are those of POSIX")
def test_a_folder_that_cannot_be_entered_stands_for_its_clips_and_says_why(shut: Path) -> None:
    assert _clips(shut) == ["open/a.wav", "shut"]
    assert [folder.error for folder in walk(shut) if folder.error] == ["Permission denied"]
    with pytest.raises(AudioError, match=r"shut is a folder that cannot be entered: Permission denied\."):
        FileRecording(shut / "shut")
