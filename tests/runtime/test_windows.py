from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from offkey.hearing.windows import Windowing
from offkey.hearing.windows import Windows as Reference
from offkey.runtime.windows import Windows

RATE = 1000


@given(st.integers(100, 400), st.integers(100, 600), st.integers(400, 3000), st.lists(st.integers(0, 900), max_size=12))
def test_files_are_cut_as_offkey_cuts_them_in_any_blocks(length: int, hop: int, n: int, cuts: list[int]) -> None:
    sound = np.arange(n, dtype=np.float32)
    reference = Reference(RATE, Windowing.every(length / RATE, hop / RATE), seconds=n / RATE)
    whole = [*reference.feed(sound), *reference.finish()]
    windows = Windows(length, hop)
    found = []
    for block in np.split(sound, sorted(min(cut, n) for cut in cuts)):
        found += [(start, window.copy()) for start, window in windows.feed(block)]
    rest = windows.rest()
    found += [] if rest is None else [rest]
    assert [(start / RATE, window.tolist()) for start, window in found] == [
        (one.start_s, one.samples.tolist()) for one in whole
    ]
    assert windows.end == n


def test_sound_that_is_shorter_than_a_window_gives_none() -> None:
    windows = Windows(10, 5)
    assert list(windows.feed(np.zeros(9, np.float32))) == []
    assert windows.rest() is None
