"""Tests of names and numbers in a sentence."""

from __future__ import annotations

from offkey.listing import counted, listing


def test_few_names_are_all_named_and_of_many_the_first_ones() -> None:
    assert listing([]) == ""
    assert listing(["a", "b"]) == "a, b"
    assert listing(str(number) for number in range(9)) == "0, 1, 2, 3, 4 and 4 more"
    assert listing(["a", "b", "c"], 1, separator="; ") == "a and 2 more"


def test_one_thing_is_singular() -> None:
    assert [counted(number, "clip") for number in (0, 1, 2, 1200)] == ["0 clips", "1 clip", "2 clips", "1,200 clips"]
