from __future__ import annotations

import pytest

from offkey.evaluation.matching import Names


@pytest.mark.parametrize(
    ("file", "name"), [("x/a.wav", "./x/a.wav"), ("/d/x/a.wav", "x\\a.wav"), ("a", "x/a.wav"), ("x/a.wav", "a")]
)
def test_paths_and_their_ends(file: str, name: str) -> None:
    assert Names([name, "b.wav"]).by_path(file) == [name]


def test_a_bare_name_fits_only_where_no_path_does() -> None:
    names = Names(["here/a.wav", "there/a.wav"])
    assert names.by_path("elsewhere/a.wav") == []
    assert names.fitting("elsewhere/a.wav") == ["here/a.wav", "there/a.wav"]
    assert names.fitting("there/a.wav") == ["there/a.wav"]
    assert names.fitting("a.flac") == names.fitting("b.wav") == []
