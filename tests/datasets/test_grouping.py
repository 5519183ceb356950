from __future__ import annotations

import pytest

from offkey.datasets.grouping import group_names, pieces_told
from offkey.errors import DataError, UsageError


@pytest.mark.parametrize(
    ("names", "by", "groups"),
    [
        (["a/f8-11_w0.wav", "a/f8-11_w12.wav", "b/f8-11_w0.wav"], "recording", ["a/f8-11", "a/f8-11", "b/f8-11"]),
        (["pump_part_3_ok.wav", "pump-seg12.wav", "pump_chunk-4.flac"], "recording", ["/pump"] * 3),
        (["fan_s384000_e480000_rms_0.16.flac", "fan_s0_e96000.wav"], "recording", ["/fan"] * 2),
        (["2026-03-12/a.wav", "x_20260312_140533.wav", "2026_03_13.wav"], "day", ["2026-03-12"] * 2 + ["2026-03-13"]),
        (["shift1/a.wav", r"shift2\\b.wav"], "folder", ["shift1", "shift2/"]),
        (["260327_27_0412.wav", "260328_1.wav"], r"^(\d{6})_", ["260327", "260328"]),
        (["m1_load2_a.wav"], r"(m\d)_(load\d)", ["m1/load2"]),
    ],
)
def test_names_tell_groups(names: list[str], by: str, groups: list[str]) -> None:
    assert group_names(names, by) == groups


@pytest.mark.parametrize("by", ["recording", "day", "(x)"])
def test_every_name_must_tell(by: str) -> None:
    told = {"recording": "fan_part1.wav", "day": "2026-03-12.wav", "(x)": "x.wav"}[by]
    with pytest.raises(DataError, match=r"The names of 1 of 2 clips do not tell .*, the first silent\.wav: expected "):
        group_names([told, "silent.wav"], by)


@pytest.mark.parametrize(("by", "says"), [("session", "found 'session'"), ("(a", "cannot be read"), ("a+", "found 'a")])
def test_what_names_nothing_to_group_by_is_refused(by: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        group_names(["a.wav"], by)


def test_pieces_are_said_where_all_names_tell_of_several_recordings() -> None:
    names = [f"flight{number}_w{piece}.wav" for number in range(5) for piece in range(2)]
    assert str(pieces_told(names)).startswith(
        "By their names these 10 clips are pieces of 5 recordings (such as flight0"
    )
    assert pieces_told([*names, "other.wav"]) is None
    assert pieces_told(names[:8]) is None
    assert pieces_told(names[::2]) is None
    assert pieces_told([*names[::2], names[1]]) is None
