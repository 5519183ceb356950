"""The help groups commands and options by what people want, and shows examples that can be given as they stand."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import Any

import pytest
from typer.testing import CliRunner

from offkey.cli.app import app
from offkey.cli.page import commands

COMMANDS = commands()
NAMES = [name for name, _ in COMMANDS]


@cache  # the pages of all commands take seconds to make
def _help(*arguments: str) -> str:
    return CliRunner().invoke(app, [*arguments, "--help"], env={"COLUMNS": "100", "TERM": "dumb"}).output


def _panels(text: str) -> dict[str, str]:
    parts = re.split(r"^╭─ (.+?) ─+╮$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_commands_stand_in_groups_with_the_first_ones_first() -> None:
    text = _help()
    panels = {title: re.findall(r"^│ ([a-z][\w-]+) ", body, re.M) for title, body in _panels(text).items()}
    assert panels["Find out what sounds wrong"] == [
        "demo",
        "fit",
        "score",
        "explain",
        "report",
        "explore",
        "serve",
        "info",
        "export",
        "watch",
        "token",
    ]
    assert set(panels) == {
        "Options",
        "Find out what sounds wrong",
        "Measure and compare models",
        "Prepare data, features and machine types",
    }
    assert {name.split()[0] for name in NAMES} == {name for title in panels for name in panels[title]}
    assert len(re.findall(r"^ +offkey \w+ .+$", text.partition("Examples")[2], re.M)) == 3


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=NAMES)
def test_examples_are_accepted_as_they_stand(name: str, command: Any) -> None:
    assert command.examples
    for example in command.examples:
        words = shlex.split(example)
        assert words[: 1 + len(name.split())] == ["offkey", *name.split()]
        command.make_context(name, words[1 + len(name.split()) :])
        assert example in _help(*name.split())


@pytest.mark.parametrize("name", NAMES)
def test_flags_take_nothing(name: str) -> None:
    text = _help(*name.split())
    assert "--help" in text
    assert "bool" not in text.lower()


def test_options_of_fit_stand_in_groups() -> None:
    panels = _panels(_help("fit"))
    assert list(panels)[1:] == [
        "Options",
        "Detector and features",
        "Sound",
        "Training of a network",
        "Speed and many clips",
    ]
    assert "--window" in panels["Sound"]
    assert "--jobs" in panels["Speed and many clips"]


def test_a_short_list_of_options_has_no_groups() -> None:
    assert list(_panels(_help("explore"))) == ["Arguments", "Options"]
