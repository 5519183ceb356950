from __future__ import annotations

import pytest

from offkey.suffixes import CLIP_SUFFIXES, is_clip_name, is_unread_name, sound_suffix


@pytest.mark.parametrize("suffix", sorted(CLIP_SUFFIXES))
def test_every_ending_of_a_clip_is_taken_off_its_name(suffix: str) -> None:
    name = f"section_00.1{suffix.upper()}"
    assert is_clip_name(name)
    assert not is_unread_name(name)
    assert sound_suffix(name) == suffix.upper()


def test_other_endings_stay() -> None:
    assert (sound_suffix("vel_0.5"), sound_suffix(".wav"), sound_suffix("a.txt")) == ("", "", "")
    assert (sound_suffix("voice.m4a"), is_unread_name("voice.m4a")) == (".m4a", True)
