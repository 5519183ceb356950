from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from offkey.audio import ArrayRecording
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.hearing.distinct import by_content, distinct

CONTENTS = st.lists(st.lists(st.integers(0, 5), min_size=0, max_size=4), max_size=12)


def _clips(contents: list[list[int]]) -> list[ClipFeatures]:
    """A recording for each list: a window for each number, 0 standing for one that cannot be used."""
    return [
        ClipFeatures(
            f"clip {number}",
            [WindowFeatures(0.0, 1.0, np.full(3, value, np.float32) if value else None) for value in values],
        )
        for number, values in enumerate(contents)
    ]


@given(CONTENTS, st.randoms(use_true_random=False))
def test_each_window_is_kept_once_whatever_the_order(contents: list[list[int]], random) -> None:
    clips = _clips(contents)
    once = distinct(clips)
    windows = [piece.vector[0] for clip in once.extracted for piece in clip.windows if piece.vector is not None]
    assert sorted(windows) == sorted({value for values in contents for value in values if value})
    assert len(once.rows) + len(once.copies) == len(clips)
    assert [clip.name for clip in once.extracted] == [clips[row].name for row in once.rows]
    errors = sum(piece.vector is None for clip in once.extracted for piece in clip.windows)
    assert errors == sum(value == 0 for values in contents for value in values)
    shuffled = clips.copy()
    random.shuffle(shuffled)
    again = distinct(shuffled)
    assert [clip.name for clip in again.extracted] == [clip.name for clip in once.extracted]
    assert (again.copies, again.repeated) == (once.copies, once.repeated)


def test_of_copies_the_shortest_name_is_kept_and_the_first_are_named() -> None:
    clips = [
        ClipFeatures(f"{'backup/' * (k > 0)}{k}.wav", [WindowFeatures(0, 1, np.ones(2, np.float32))]) for k in range(6)
    ]
    once = distinct(clips[::-1])
    assert [clip.name for clip in once.extracted] == ["0.wav"]
    assert once.notes() == [
        "5 of 6 clips are copies of others and count once: backup/1.wav = 0.wav, backup/2.wav = 0.wav, "
        "backup/3.wav = 0.wav and 2 more."
    ]
    assert distinct(clips[:1]).notes() == []


def test_sounds_are_sorted_by_content_before_they_are_heard(hum) -> None:
    sounds = [ArrayRecording(hum(seed), 16_000, name=f"array {seed}") for seed in (1, 2, 3)]
    copy = ArrayRecording(hum(2), 16_000, name="array 10")
    named = [sounds[row].name for row in by_content(sounds)]
    given_otherwise = [copy, *sounds[::-1]]
    assert sorted(named) == ["array 1", "array 2", "array 3"]
    assert [given_otherwise[row].name for row in by_content(given_otherwise)] == named
