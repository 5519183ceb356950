"""Commands, options and JSON keys of an earlier version are still there; more may have come, fewer be required."""

from __future__ import annotations

import json
import re

import pytest
from tests.earlier.commands import REPORTS, RUNS, keys_of
from tests.earlier.conftest import FILES, Run
from tests.earlier.zenodo import zenodo

from offkey.cli.page import page

KEYS = json.loads((FILES / "json_keys.json").read_text())

_CHANGED = {"offkey report": {"`--top` `20`"}}
"""Defaults that are others now: a page about a machine names three clips to listen to."""
_NEEDED = {"embed": "torch", "data download": "requests"}


def options_of(markdown: str) -> dict[str, set[str]]:
    """Return the arguments and options of each command by its name, those with a default with it."""
    found = {}
    for section in markdown.split("\n## ")[1:]:
        name, _, text = section.partition("\n")
        rows = re.findall(r"^\| (`.+?) \| (.*?) \|", text, re.MULTILINE)
        found[name] = {f"{flag} {default}".strip() for flags, default in rows for flag in flags.split(", ")}
    return found


def test_every_command_and_option_is_there_with_its_default() -> None:
    earlier, now = options_of((FILES / "commands.md").read_text()), options_of(page())
    assert len(earlier) == 23
    assert "`--detector` `fused`" in earlier["offkey fit"]
    free = {name: options | {f"{one} required" for one in options} for name, options in now.items()}
    assert {name: gone for name, options in earlier.items() if (gone := options - free.get(name, set()))} == _CHANGED


def test_every_command_that_gives_json_is_recorded() -> None:
    """But `data pseudo-label`, which asks a large model of the hub."""
    sections = (FILES / "commands.md").read_text().split("\n## offkey ")[1:]
    giving = {section.partition("\n")[0] for section in sections if "`--json`" in section}
    given = [line.split() for line in (*REPORTS.values(), *RUNS.values())]
    recorded = {words[0] for words in given} | {" ".join(words[:2]) for words in given}
    assert giving - recorded == {"data pseudo-label"}
    assert set(KEYS) == set(REPORTS)


@pytest.mark.parametrize("name", REPORTS)
def test_no_key_of_the_json_is_gone(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if name in _NEEDED:
        pytest.importorskip(_NEEDED[name], reason="an extra is not installed")
    monkeypatch.setenv("NO_PROXY", "*")
    with zenodo() as server:
        found = keys_of(run(REPORTS[name].replace("SERVER", server)))
    assert set(KEYS[name]) - found == set()
