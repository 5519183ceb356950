from __future__ import annotations

from pathlib import Path

import pytest

from offkey.audio import find_clips
from offkey.errors import UsageError


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_folder_is_searched_recursively_in_order_of_names(tmp_path: Path) -> None:
    clips = [tmp_path / "a.wav", tmp_path / "b" / "c.FLAC", tmp_path / "d.mp3"]
    _touch(*clips, tmp_path / "notes.txt", tmp_path / "._a.wav", tmp_path / ".hidden" / "e.wav")
    assert find_clips([tmp_path]) == clips


def test_a_file_is_taken_whatever_it_is_called_and_only_once(tmp_path: Path) -> None:
    _touch(tmp_path / "sound", tmp_path / "a.wav")
    assert find_clips([tmp_path / "sound", tmp_path, tmp_path / "a.wav"]) == [tmp_path / "sound", tmp_path / "a.wav"]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.wav does not exist"):
        find_clips([tmp_path / "nothing.wav"])
    with pytest.raises(UsageError, match="holds no clip: expected files ending in"):
        find_clips([tmp_path])
