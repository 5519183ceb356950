from __future__ import annotations

import pytest

from offkey.suffixes import EXTRA_SUFFIXES, clip_suffixes, is_clip_name, is_unread_name, sound_suffix


@pytest.mark.parametrize("suffix", sorted(clip_suffixes()))
def test_every_ending_of_a_clip_is_taken_off_its_name(suffix: str) -> None:
    name = f"section_00.1{suffix.upper()}"
    assert is_clip_name(name)
    assert not is_unread_name(name)
    assert sound_suffix(name) == suffix.upper()


def test_other_endings_stay() -> None:
    assert (sound_suffix("vel_0.5"), sound_suffix(".wav"), sound_suffix("a.txt")) == ("", "", "")
    assert (sound_suffix("film.AVI"), is_unread_name("film.AVI"), is_clip_name("film.AVI")) == (".AVI", True, False)


@pytest.mark.parametrize("installed", [False, True])
def test_what_an_extra_reads_is_a_clip_where_it_is_installed(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offkey.suffixes.phone_is_installed", lambda: installed)
    for suffix in EXTRA_SUFFIXES:
        assert (is_clip_name(f"a{suffix}"), is_unread_name(f"a{suffix}")) == (installed, not installed)
        assert sound_suffix(f"a{suffix}") == suffix
