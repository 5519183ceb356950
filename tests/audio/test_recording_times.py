from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from offkey.audio.recording_times import clock, in_order, recording_times, time_in_name


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("pump_2026-03-12_14-05-33.wav", datetime(2026, 3, 12, 14, 5, 33)),
        ("20260312_140533.WAV", datetime(2026, 3, 12, 14, 5, 33)),
        ("Recording_20260312140533.m4a", datetime(2026, 3, 12, 14, 5, 33)),
        ("2026-03-12 14.05.33.wav", datetime(2026, 3, 12, 14, 5, 33)),
        ("2026_03_12T14h05.flac", datetime(2026, 3, 12, 14, 5)),
        ("2026-03-12/14-05-33.wav", datetime(2026, 3, 12, 14, 5, 33)),
        ("C:\\clips\\2026-03-12\\pump 3.wav", datetime(2026, 3, 12)),
        ("pump_20260312_0007.wav", datetime(2026, 3, 12)),  # the seventh clip of a day, not seven minutes past midnight
        ("section_00_source_test_normal_0009.wav", None),
        ("normal_id_00_00000013.wav", None),
        ("2026-13-45.wav", None),
        ("1234202603129.wav", None),
    ],
)
def test_dates_and_times_in_names(name: str, at: datetime | None) -> None:
    assert time_in_name(name) == at


def _files(folder: Path, apart_s: float) -> list[tuple[str, Path | None, float]]:
    clips: list[tuple[str, Path | None, float]] = []
    for number, name in enumerate(("b.wav", "a.wav", "c.wav")):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (1e9 + number * apart_s, 1e9 + number * apart_s))
        clips.append((name, folder / name, 10.0))
    return clips


def test_the_time_of_a_file_is_that_of_its_end(tmp_path: Path) -> None:
    found = recording_times(_files(tmp_path, 60))
    assert found.source == "files"
    assert sorted(found.starts, key=found.starts.__getitem__) == ["b.wav", "a.wav", "c.wav"]
    assert found.starts["b.wav"] == datetime.fromtimestamp(1e9 - 10)


def test_files_that_were_copied_together_have_no_time(tmp_path: Path) -> None:
    assert recording_times(_files(tmp_path, 1)).source == ""


def test_names_order_clips_where_they_differ_in_numbers_alone() -> None:
    assert recording_times([("clip 9.wav", None, 10), ("clip 10.wav", None, 10)]).source == "numbers"
    assert recording_times([("good 9.wav", None, 10), ("bad 10.wav", None, 10)]).source == ""
    assert sorted(["clip 10.wav", "clip 9.wav", "clip.wav"], key=in_order) == ["clip 9.wav", "clip 10.wav", "clip.wav"]


def test_dates_count_where_every_clip_has_one() -> None:
    dated = recording_times([("2026-03-12.wav", None, 10), ("2026-03-13.wav", None, 10)])
    assert (dated.source, len(dated.starts)) == ("names", 2)
    assert recording_times([("2026-03-12.wav", None, 10), ("pump.wav", None, 10)]).starts == {}


def test_moments_are_said_as_players_show_them() -> None:
    assert [clock(second) for second in (0, 9.5, 60, 2410, 3723)] == ["0:00", "0:09", "1:00", "40:10", "1:02:03"]
