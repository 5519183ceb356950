"""The file of a new plant: its comments are true, and it is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from offkey.errors import UsageError
from offkey.watch.new_plant import local_zone, plant_text
from offkey.watch.settings import PlantSettings, read_settings

MACHINES = [
    ("pump 7", "rtsp://camera-7/audio"),
    ('the "old" fan', "/srv/recorder/fan"),
    ("press", "usb:0d8c:0014:1234"),
    ("demo", "simulated:fan"),
    ("line in", "-"),
]


def _read(tmp_path: Path, text: str) -> PlantSettings:
    path = tmp_path / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_a_plant_of_all_kinds_of_sources_is_one(tmp_path: Path) -> None:
    plant = _read(tmp_path, plant_text("hall 😀", "Europe/Berlin", MACHINES))
    assert (plant.plant.name, plant.plant.zone) == ("hall 😀", "Europe/Berlin")
    assert [machine.name for machine in plant.machine] == [name for name, _ in MACHINES]
    kinds = [machine.source.kind for machine in plant.machine]
    assert kinds == ["ffmpeg", "folder", "soundcard", "simulated", "stdin"]
    assert len({machine.model for machine in plant.machine}) == len(MACHINES)


def test_the_lines_that_are_commented_out_are_right_where_they_are_wanted(tmp_path: Path) -> None:
    text = plant_text("hall", "UTC", [("pump 7", "in")])
    wanted = re.sub(r"^# (?=\w+ = |\[\[)", "", text, flags=re.MULTILINE)
    assert wanted.count("\n#") < text.count("\n#") - 5
    plant = _read(tmp_path, wanted)
    (machine,) = plant.machine
    assert (machine.kind, machine.area, machine.sensitivity) == ("pump", "hall 1", 1)
    assert plant.plant.alarms_per_week == 1
    assert plant.notify[0].kind == "mqtt"


def test_defaults_that_are_written_out_are_those_of_the_settings(tmp_path: Path) -> None:
    (machine,) = _read(tmp_path, plant_text("hall", "UTC", [("a", "in")])).machine
    fields = type(machine).model_fields
    assert (machine.learn_hours, machine.shadow_days) == (fields["learn_hours"].default, fields["shadow_days"].default)


def test_what_makes_no_plant_is_one_sentence() -> None:
    with pytest.raises(UsageError, match="This makes no plant: two machines are called 'a'"):
        plant_text("hall", "UTC", [("a", "in"), ("a", "out")])
    with pytest.raises(UsageError, match="'Mars' is no time zone"):
        plant_text("hall", "Mars", [("a", "in")])
    with pytest.raises(UsageError, match=r"There is no simulated machine 'nope': expected one of .*fan"):
        plant_text("hall", "UTC", [("a", "simulated:nope")])


def test_the_zone_of_the_computer_is_that_of_its_link(tmp_path: Path) -> None:
    target = tmp_path / "zoneinfo" / "Europe" / "Berlin"
    target.parent.mkdir(parents=True)
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    assert local_zone(tmp_path / "localtime") == "Europe/Berlin"
    assert local_zone(tmp_path / "nothing") == "UTC"
