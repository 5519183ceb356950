"""A file keeps its comments and its order when a program changes it."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from offkey.errors import OffkeyError
from offkey.watch.edit.toml_edit import edited

PLANT = """# plant
database = "plant.db"

[plant]
alarms_per_week = 2    # budget

[[machine]]
name = "pump 7"  # the big one
source = { kind = "ffmpeg", url = "rtsp://camera-7/audio" }

# the second
[[machine]]
name = "fan 2"
[machine.source]
kind = "folder"
path = "x"

[quiet]
from = "22:00"
to = "06:00"
"""


def test_a_value_is_changed_added_and_removed_and_all_else_stays() -> None:
    text = edited(
        PLANT,
        {
            ("plant", "alarms_per_week"): 3,
            ("machine", 0, "hop_s"): 1,
            ("machine", 1, "source", "path"): "y",
            ("keep", "clips_days"): 30,
            ("quiet",): None,
            ("machine", 0, "sensitivity"): None,
        },
    )
    expected = PLANT.replace("week = 2 ", "week = 3 ").replace('path = "x"', 'path = "y"')
    expected = expected.replace('audio" }\n', 'audio" }\nhop_s = 1\n')
    expected = expected.partition("[quiet]")[0] + "\n[keep]\nclips_days = 30\n"
    assert text == expected


def test_a_machine_is_added_behind_the_others_with_its_source_in_one_line() -> None:
    machine = {"name": "fan 3", "source": {"kind": "simulated", "machine": "fan", "fault_for_s": float("inf")}}
    text = edited(PLANT, {("machine", 2): machine})
    added = '\n[[machine]]\nname = "fan 3"\nsource = {kind = "simulated", machine = "fan", fault_for_s = inf}\n'
    assert added in text
    assert text.replace(added, "") == PLANT
    assert tomllib.loads(edited("", {("machine", 0): machine})) == {"machine": [machine]}


@pytest.mark.parametrize(
    ("before", "edits", "after"),
    [
        (PLANT, {("machine", 1): None, ("machine", 0): None}, {"machine": []}),
        ('plant.name = "a"\n', {("plant", "zone"): "UTC"}, {"plant": {"name": "a", "zone": "UTC"}}),
        ('machine = [{ name = "a" }]\n', {("machine", 1): {"name": "b"}}, {"machine": [{"name": "a"}, {"name": "b"}]}),
        ("[a.b]\nc = 1\n[d]\n[a.e]\nf = 2\n", {("a", "e", "f"): 3}, {"a": {"b": {"c": 1}, "e": {"f": 3}}, "d": {}}),
        ("a = 1\r\n[b]\r\nc = 2\r\n", {("b", "c"): 3}, {"a": 1, "b": {"c": 3}}),
        ("", {("keep", "clips_mb"): None}, {}),
    ],
)
def test_every_way_to_write_a_file_holds_the_wanted_values(
    before: str, edits: dict[Any, Any], after: dict[str, Any]
) -> None:
    found = tomllib.loads(edited(before, edits))
    assert {key: found.get(key, []) for key in after} == after


def test_what_cannot_be_changed_is_refused_in_a_sentence() -> None:
    with pytest.raises(OffkeyError, match="by hand"):
        edited("plant = 3\n", {("plant", "name"): "a"})
