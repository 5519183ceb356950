from __future__ import annotations

from pathlib import Path

import pytest

from offkey.audio import ClipFinder, find_clips
from offkey.audio.find import search_folder, unread_notes
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


def test_a_file_is_one_however_its_path_is_spelt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _touch(tmp_path / "day" / "a.wav")
    (tmp_path / "link").symlink_to(tmp_path / "day")
    (tmp_path / "day" / "latest.wav").symlink_to(tmp_path / "day" / "a.wav")
    monkeypatch.chdir(tmp_path)
    spelt = ["day/a.wav", "./day/a.wav", "link/a.wav", "day/../day/a.wav", tmp_path / "day" / "a.wav", "link", tmp_path]
    assert find_clips(spelt) == [Path("day/a.wav"), Path("link/latest.wav")]


def test_what_is_sound_and_not_read_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.suffixes.phone_is_installed", lambda: False)
    _touch(tmp_path / "a.wav", tmp_path / "b" / "c.m4a", tmp_path / "d.M4A", tmp_path / "e.wv", tmp_path / "f.txt")
    finder = ClipFinder()
    for given in (tmp_path, tmp_path):
        assert finder.find(given) == [tmp_path / "a.wav"]
    two, one = finder.notes()
    _touch(tmp_path / "e.amr", tmp_path / "f.3gp")
    assert unread_notes(search_folder(tmp_path)[1])[0].startswith("4 files ending in .3gp, .amr or .m4a are not read")
    assert one == ("1 file ending in .wv is not read: convert it to WAV or FLAC, such as with ffmpeg -i a.wv a.flac.")
    assert two.startswith("2 files ending in .m4a are not read: convert them to WAV or FLAC")
    assert two.endswith("or install the extra that reads them: pip install 'offkey[phone]'.")
    with pytest.raises(UsageError, match=r"b holds no clip: expected .*\. 1 file ending in \.m4a is not read"):
        finder.find(tmp_path / "b")


@pytest.mark.parametrize("suffix", ["aifc", "snd", "voc", "sd2", "nist", "sph", "bwf", "OGA"])
def test_rarer_endings_are_clips(tmp_path: Path, suffix: str) -> None:
    _touch(tmp_path / f"a.{suffix}")
    assert find_clips([tmp_path]) == [tmp_path / f"a.{suffix}"]


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_input_is_not_the_current_folder(empty: str) -> None:
    with pytest.raises(UsageError, match="An input is empty"):
        find_clips([empty])


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.wav does not exist"):
        find_clips([tmp_path / "nothing.wav"])
    with pytest.raises(UsageError, match="xxx does not exist"):
        find_clips(["x" * 5000])
    with pytest.raises(UsageError, match="holds no clip: expected files ending in"):
        find_clips([tmp_path])
