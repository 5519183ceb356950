from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.hearing.batch import Batch, ClipFeatures, WindowFeatures, highest, most_anomalous


def clip(name: str, *values: float | str) -> ClipFeatures:
    """Return a recording of windows of one second, each of one feature or with an error."""
    windows = [
        WindowFeatures(float(at), at + 1.0, None, value)
        if isinstance(value, str)
        else WindowFeatures(float(at), at + 1.0, np.array([value], np.float32))
        for at, value in enumerate(values)
    ]
    return ClipFeatures(name, windows, f"digest of {name}")


BATCH = Batch([clip("a", 1, 2), clip("b", "is silent"), clip("c", "is silent", 3, "ends early")])


def test_a_row_belongs_to_each_window_with_features() -> None:
    assert len(BATCH) == 3
    assert BATCH.vectors.tolist() == [[1], [2], [3]]
    assert BATCH.recording.tolist() == [0, 0, 2]
    assert BATCH.names == ["a", "a", "c"]
    assert BATCH.digests == ["digest of a", "digest of a", "digest of c"]
    assert BATCH.seconds == [1.0] * 3
    assert BATCH.usable_clips.tolist() == [0, 2]
    assert [BATCH.vectors[rows].tolist() for rows in BATCH.rows] == [[[1], [2]], [], [[3]]]
    assert BATCH.spread(["x", "y", "z"]) == ["x", "x", "z"]
    assert BATCH.highest(np.array([2.0, -1.0, 0.5])) == [2.0, None, 0.5]


def test_what_could_not_be_used_has_its_place_and_its_reason() -> None:
    assert BATCH.failures == [("b", "is silent"), ("c at 0 s", "is silent"), ("c at 2 s", "ends early")]
    assert BATCH.errors == {1: "is silent", 2: "is silent"}


def test_without_recordings_there_is_nothing() -> None:
    empty = Batch([])
    assert empty.highest(np.empty(0)) == []
    assert (len(empty), empty.names, empty.failures, empty.rows, empty.usable_clips.tolist()) == (0, [], [], [], [])


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3)), min_size=1, max_size=30))
def test_a_recording_is_judged_by_its_most_anomalous_window(windows: list[tuple[int, int]]) -> None:
    numbers, scores = (np.array(column) for column in zip(*windows, strict=True))
    rows = most_anomalous(scores, numbers).tolist()
    for row, number in zip(rows, np.unique(numbers).tolist(), strict=True):
        mine = np.flatnonzero(numbers == number)
        assert row == mine[np.argmax(scores[mine])]  # of equal scores the first
    assert highest(scores, numbers).tolist() == scores[rows].tolist()
    assert most_anomalous(scores).tolist() == [int(np.argmax(scores))]


@pytest.mark.parametrize(("counts", "groups"), [([1] * 10, list(range(10))), ([2, 0, 20], None)])
def test_windows_of_few_long_recordings_are_held_out_in_parts(counts: list[int], groups: list[int] | None) -> None:
    batch = Batch(clip(f"{number}", *range(count)) for number, count in enumerate(counts))
    found = batch.held_out_together()
    if groups is not None:
        assert found.tolist() == groups
    else:
        assert len(set(found.tolist())) == 2 + 10
        assert not set(found[:2].tolist()) & set(found[2:].tolist())
