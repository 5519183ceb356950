from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.errors import DataError, ParameterError
from offkey.learned.identify import TypedClip, split_clips


def _clips(ids: dict[str, dict[str | None, int]]) -> list[TypedClip]:
    return [
        TypedClip(Path(machine) / str(ident) / f"{k:04d}.wav", machine, ident)
        for machine, of_type in ids.items()
        for ident, n in of_type.items()
        for k in range(n)
    ]


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.lists(st.integers(8, 20), min_size=1, max_size=5), min_size=2, max_size=4),
    holdout=st.floats(0.05, 0.9),
    seed=st.integers(0, 5),
    by=st.sampled_from(["id", "clip"]),
)
def test_every_clip_is_on_one_side_and_no_id_on_both(
    counts: list[list[int]], holdout: float, seed: int, by: str
) -> None:
    clips = _clips({f"type{i}": {f"{j:02d}": n for j, n in enumerate(own)} for i, own in enumerate(counts)})
    split = split_clips(clips, by=by, holdout=holdout, seed=seed)
    assert sorted([*split.train, *split.held_out], key=str) == sorted(clips, key=str)
    assert set(split.types) == {clip.machine_type for clip in split.held_out}
    assert split == split_clips(clips, by=by, holdout=holdout, seed=seed)
    if by == "id":
        for i, own in enumerate(counts):
            of_type = [clip for clip in clips if clip.machine_type == f"type{i}"]
            sides = [{clip.ident for clip in side if clip in of_type} for side in (split.train, split.held_out)]
            assert split.unseen[f"type{i}"] is (len(own) > 1)
            assert bool(sides[0] & sides[1]) is (len(own) == 1)


def test_a_single_id_is_divided_in_the_order_of_time_and_said_to_be() -> None:
    split = split_clips(_clips({"fan": {"00": 20, "02": 20}, "slider": {"00": 20}}))
    last = [clip.path.name for clip in split.held_out if clip.machine_type == "slider"]
    assert last == [f"{k:04d}.wav" for k in range(15, 20)]
    assert split.unseen == {"fan": True, "slider": False}
    assert "Split by id for fan; of slider there is one machine id" in split.about()
    by_clip = split_clips(_clips({"fan": {"00": 20, "02": 20}, "slider": {"00": 20}}), by="clip")
    assert not any(by_clip.unseen.values())
    assert "flatters the figures" in by_clip.about()


def test_clips_without_an_id_are_never_called_unseen() -> None:
    split = split_clips(_clips({"fan": {None: 20}, "pump": {"00": 9, "01": 9}}))
    assert split.unseen == {"fan": False, "pump": True}


def test_what_cannot_be_divided_is_said() -> None:
    good = _clips({"fan": {"00": 20}, "pump": {"00": 20}})
    with pytest.raises(DataError, match="needs two or more; found fan"):
        split_clips(good[:20])
    with pytest.raises(DataError, match="'pump' has 7 clips that can be used: expected at least 8"):
        split_clips(good[:27])
    with pytest.raises(ParameterError, match="one of 'id', 'clip'"):
        split_clips(good, by="day")
    with pytest.raises(ParameterError, match="must lie between 0 and 1"):
        split_clips(good, holdout=1.0)
