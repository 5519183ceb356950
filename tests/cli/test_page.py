"""Every option of every command stands in the documentation, in the section of its command."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from offkey.cli.page import commands, page

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_says_what_the_commands_say() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python -m offkey.cli.page > docs/commands.md"


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_option_stands_in_the_section_of_its_command_and_says_what_it_does(name: str, command: Any) -> None:
    sections = re.split(r"^## offkey (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    section = dict(zip(sections[1::2], sections[2::2], strict=True))[name]
    for param in command.params:
        for flag in [*param.opts, *param.secondary_opts]:
            assert f"`{flag if flag.startswith('-') else param.name.upper()}`" in section
        assert param.help, f"{param.name} has no help"
    assert command.help
