"""Channels and quiet hours in the file of a plant, where no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.watch.advisory.channels.address import BrokerAddress
from offkey.watch.advisory.settings import MessageSettings, MqttSettings
from offkey.watch.settings import PlantSettings, read_settings

MACHINE = '[[machine]]\nname = "pump"\nmodel = "m"\nsource = { kind = "folder", path = "p" }\n'


def _read(tmp_path: Path, text: str) -> PlantSettings:
    path = tmp_path / "plant.toml"
    path.write_text(MACHINE + text, encoding="utf-8")
    return read_settings(path)


def test_a_channel_has_its_kind_for_a_name_and_programs_get_all_levels(tmp_path: Path) -> None:
    text = '[[notify]]\nkind = "mqtt"\nbroker = "mqtts://broker"\n[[notify]]\nkind = "command"\ncommand = ["true"]\n'
    broker, command = _read(tmp_path, text).notify
    assert isinstance(broker, MqttSettings)
    assert broker.broker == BrokerAddress("broker", 8883, True)
    assert (broker.title, broker.levels, broker.every_change) == ("mqtt", ["watch", "warning", "alarm"], True)
    assert (command.title, command.levels, command.every_change) == ("command", ["warning", "alarm"], False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[notify]]\nkind = "mqtt"\nbroker = "http://b"\n',
            "line 7, notify.1.broker: the address of a broker is host,",
        ),
        ('[[notify]]\nkind = "letter"\n', "line 5, notify.1: its kind 'letter' is none of"),
        ('[[notify]]\nkind = "command"\ncommand = []\n', "line 7, notify.1.command: List should have at least 1 item"),
        ('[[notify]]\nkind = "command"\ncommand = ["a\\u0000"]\n', "an argument of a command holds no zero byte"),
        ('[[notify]]\nkind = "webhook"\nurl = "ftp://a"\n', "line 7, notify.1.url: an address begins with http://"),
        ('[quiet]\nfrom = "26:00"\nto = "06:00"\n', 'line 6, quiet.from: a time of day is written as "22:00"'),
        ('[plant]\nzone = "Mars/Base"\n', "line 6, plant.zone: 'Mars/Base' is no time zone"),
        ('[[notify]]\nkind = "command"\ncommand = ["a"]\n' * 2, "two channels are called 'command'; give each a name"),
        (
            '[[notify]]\nkind = "command"\ncommand = ["a"]\nmachines = ["fan"]\n',
            "the channel 'command' names the machine 'fan', which is not there",
        ),
    ],
)
def test_a_mistake_is_named_with_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as found:
        _read(tmp_path, text)
    assert said in str(found.value)


@pytest.mark.parametrize(
    "line",
    [
        'password = "hunter2"',
        'password = { value = "hunter2" }',
        'password = ["hunter2"]',
        'passwort = "hunter2"',
        'password = { file = "a", env = "b" }',
    ],
)
def test_a_secret_that_is_written_out_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match=r"line 8, notify\.1\.passwor[dt]: ") as found:
        _read(tmp_path, f'[[notify]]\nkind = "mqtt"\nbroker = "b"\n{line}\n')
    assert "hunter2" not in str(found.value)


def test_each_channel_of_the_documentation_is_one(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "watch_messages.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```toml\n")[1:]]
    text = "".join(block for block in blocks if block.startswith(("[messages]", "[quiet]", "[[notify]]")))
    plant = _read(tmp_path, text.replace("pump 7", "pump"))
    assert [channel.kind for channel in plant.notify] == ["mqtt", "webhook", "email", "apprise", "command"]
    assert plant.quiet is not None
    defaults = plant.messages.model_copy(update={"link": None})
    assert defaults == MessageSettings()
