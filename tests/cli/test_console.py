from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

import pytest

from offkey.cli.console import say

SENTENCE = "note: fan 00: 20 normal clips: a promised 0.01 will be 0 to 0.14 of new clips, extrapolated from a tail."


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], _Terminal]:
    """Return a function that makes standard error a terminal of a width."""

    def make(width: int) -> _Terminal:
        terminal = _Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((width, 24)))
        return terminal

    return make


@pytest.mark.parametrize("width", [20, 33, 40, 57, 80, 120])
def test_a_message_ends_its_lines_between_words(width: int, wide) -> None:
    terminal = wide(width)
    say(SENTENCE)
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert " ".join(lines) == SENTENCE


def test_a_path_that_is_longer_than_a_line_stays_whole(wide) -> None:
    terminal = wide(30)
    path = "/plant/hall-3/pump-7/" + "a" * 40 + ".wav"
    say(f"left out: {path}: is silent.\nTwo lines stay two.")
    assert path in terminal.getvalue()
    assert terminal.getvalue().endswith("Two lines stay two.\n")


def test_a_file_gets_sentences_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(SENTENCE)
    assert capsys.readouterr().err == SENTENCE + "\n"
