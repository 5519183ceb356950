from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.tables.paths import path_of, path_parts, path_text

POSIX = pytest.mark.skipif(sys.platform != "linux", reason="file systems that take any bytes as a name")


@pytest.mark.parametrize("name", ["a.wav", "Lüfter 1/グラインダー.wav", "back\\slash.wav", "cr\rname.wav", "=1+1.wav"])
def test_most_names_stay_as_they_are(name: str) -> None:
    assert path_text(name) == name
    assert path_of(name) == Path(name)


def test_bytes_that_are_not_utf8_and_blanks_at_the_ends_become_escapes() -> None:
    assert path_text(os.fsdecode(b"t/\x83\x7c\x83\x5c.wav")) == "t/\\x83|\\x83\\\\.wav"
    assert path_text(" a.wav ") == "\\x20a.wav\\x20"
    path_text("half a pair \ud800.wav").encode()


@given(st.binary(min_size=1, max_size=12).filter(lambda name: not {0, 0x2F} & set(name)))
def test_every_name_has_a_text_of_its_own_that_survives_a_table(name: bytes) -> None:
    text = path_text(os.fsdecode(name))
    text.encode()
    assert text == text.strip()
    other = path_text(os.fsdecode(name + b"\x83"))
    assert other != text


@POSIX
@pytest.mark.parametrize(
    "name",
    [b"\x83\x7c\x83\x76.wav", b"\x83\x5c\\x41.wav", b"\xff\\\\.wav", b" a.wav", b"\x83x \\x83.wav", b"\\x83.wav"],
)
def test_a_text_finds_its_file(tmp_path: Path, name: bytes) -> None:
    file = tmp_path / os.fsdecode(name)
    file.touch()
    found = path_of(tmp_path / path_text(os.fsdecode(name)))
    assert os.fsencode(found) == os.fsencode(file)


@POSIX
def test_a_file_of_that_very_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\x83.wav")).touch()
    literal = tmp_path / "\\x83.wav"
    assert os.fsencode(path_of(literal)).endswith(b"/\x83.wav")
    literal.touch()
    assert path_of(literal) == literal
    assert path_of("\\x00 never there") == Path("\\x00 never there")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("./fan//test/a.wav", ["fan", "test", "a.wav"]),
        ("fan\\NG\\a.wav", ["fan", "NG", "a.wav"]),
        ("NG/\\x83\\\\b\\x84.wav", ["NG", "\\x83\\\\b\\x84.wav"]),
        (os.fsdecode(b"NG/\x94\x5c.wav"), ["NG", "\\x94\\\\.wav"]),
    ],
)
def test_folders_and_name(text: str, parts: list[str]) -> None:
    assert path_parts(text) == parts
