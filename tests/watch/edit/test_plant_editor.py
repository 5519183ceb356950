"""The file of a plant is changed whole or not at all, and taken up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from offkey.errors import OffkeyError, UsageError
from offkey.watch.edit.plant_editor import PlantEditor, settings_text, text_digest
from offkey.watch.settings import PlantSettings, read_settings

TEXT = '[[machine]]\nname = "fan"  # old\nmodel = "fan.offkey"\nsource = { kind = "simulated", machine = "fan" }\n'


class _Monitor:
    """In place of a monitor that takes up what it is told to, or refuses it."""

    def __init__(self, path: Path) -> None:
        self.path, self.settings, self.refusal, self.taken = path, read_settings(path), None, 0
        self.refusal: OffkeyError | None

    def reload(self, done: Callable[[OffkeyError | None], None]) -> None:
        self.taken += 1
        if self.refusal is None:
            self.settings = read_settings(self.path)
        done(self.refusal)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "plant.toml"
    path.write_text(TEXT)
    return path


@pytest.fixture
def monitor(path: Path) -> _Monitor:
    return _Monitor(path)


@pytest.fixture
def editor(path: Path, monitor: _Monitor) -> PlantEditor:
    return PlantEditor(path, lambda: monitor.settings, monitor.reload)


def test_a_change_is_described_then_written_and_taken_up(editor: PlantEditor, path: Path, monitor: _Monitor) -> None:
    proposal = editor.propose({("machine", 0, "hop_s"): 5}, text_digest(TEXT))
    assert proposal.sentences == ["fan: hop 5 s instead of by default; its shadow begins anew"]
    assert path.read_text() == TEXT
    editor.save(proposal)
    assert path.read_text() == TEXT + "hop_s = 5\n"
    assert monitor.settings.machine[0].hop_s == 5


def test_a_mistake_is_named_with_its_line_and_writes_nothing(editor: PlantEditor, path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(f"{path}, line 5, machine.1.hop_s: Input should be greater")):
        editor.propose({("machine", 0, "hop_s"): 0})
    assert path.read_text() == TEXT


def test_a_file_that_changed_meanwhile_is_left_alone(editor: PlantEditor, path: Path, monitor: _Monitor) -> None:
    proposal = editor.propose({("machine", 0, "hop_s"): 5})
    path.write_text(TEXT + "# by hand\n")
    with pytest.raises(UsageError, match="was changed meanwhile"):
        editor.save(proposal)
    with pytest.raises(UsageError, match="was changed meanwhile"):
        editor.propose({}, text_digest(TEXT))
    assert (path.read_text(), monitor.taken) == (TEXT + "# by hand\n", 0)


def test_what_the_monitor_refuses_is_taken_back(editor: PlantEditor, path: Path, monitor: _Monitor) -> None:
    monitor.refusal = OffkeyError("The model is broken.")
    with pytest.raises(UsageError, match="Nothing is changed: The model is broken"):
        editor.save(editor.propose({("machine", 0, "hop_s"): 5}))
    assert path.read_text() == TEXT


def test_a_file_that_cannot_be_written_is_said_in_a_sentence(
    editor: PlantEditor, path: Path, monitor: _Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("offkey.files._create", refuse)
    with pytest.raises(OffkeyError, match=re.escape(f"{path} cannot be written: Read-only file system.")):
        editor.save(editor.propose({("machine", 0, "hop_s"): 5}))
    assert (path.read_text(), monitor.taken) == (TEXT, 0)


def test_settings_are_written_as_a_file_that_holds_them(path: Path) -> None:
    machine = {"name": "a", "model": "a.offkey", "sensitivity": 0, "source": {"kind": "simulated", "machine": "fan"}}
    settings = PlantSettings.model_validate({"machine": [machine, machine | {"name": "b"}]})
    text = settings_text(settings)
    assert PlantSettings.model_validate(tomllib.loads(text)) == settings
