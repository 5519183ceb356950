"""Changed settings are said in words, without secrets."""

from __future__ import annotations

from typing import Any

import pytest

from offkey.watch.edit.differences import differences
from offkey.watch.settings import PlantSettings

PUMP = {"name": "pump 7", "model": "m", "hop_s": 2, "source": {"kind": "ffmpeg", "url": "rtsp://ann:secret@cam/a"}}
FAN = {"name": "fan", "model": "f", "source": {"kind": "folder", "path": "x"}}


def _plant(*machines: dict[str, Any], **further: Any) -> PlantSettings:
    return PlantSettings.model_validate({"machine": list(machines), **further})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (_plant(PUMP), _plant(PUMP), []),
        (_plant(PUMP), _plant(PUMP | {"hop_s": 1}), ["pump 7: hop 1 s instead of 2 s; its shadow begins anew"]),
        (_plant(PUMP), _plant(FAN), ["pump 7 is removed", "fan is added"]),
        (
            _plant(PUMP),
            _plant(PUMP | {"source": FAN["source"], "area": "hall"}),
            ["pump 7: another source, area hall instead of none; it is connected anew"],
        ),
        (
            _plant(PUMP, plant={"alarms_per_week": 2}),
            _plant(PUMP, plant={"alarms_per_week": 3}),
            [
                "pump 7: false events that it may have 3 a week instead of 2 a week; its rule is chosen anew",
                "plant.alarms_per_week 3 instead of 2",
            ],
        ),
        (
            _plant(quiet={"from": "22:00", "to": "06:00"}),
            _plant(quiet={"from": "21:30", "to": "06:00", "passes": []}),
            ["quiet.from 21:30 instead of 22:00", "quiet.passes none instead of alarm"],
        ),
        (_plant(), _plant(quiet={"from": "22:00", "to": "06:00"}), ["quiet hours are added"]),
        (_plant(), _plant(clips={"after_s": 5}), ["clips.after_s 5 instead of 10, from the next start"]),
        (_plant(), _plant(notify=[{"kind": "command", "command": ["a"]}]), ["notify is changed"]),
        (_plant(), _plant(database="b.db"), ["database is changed, from the next start"]),
    ],
)
def test_each_difference_is_a_clause(before: PlantSettings, after: PlantSettings, said: list[str]) -> None:
    found = differences(before, after)
    assert found == said
    assert "secret" not in str(found)
