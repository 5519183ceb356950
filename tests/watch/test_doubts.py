"""Windows of a source that has a flaw are no evidence about the machine."""

from __future__ import annotations

import math

import pytest

from offkey.watch.acquisition.quality import Doubt
from offkey.watch.doubts import Doubts
from offkey.watch.scored_window import ScoredWindow

CLIPPED, SURELY, SOUND = Doubt("clipped"), Doubt("clipped", is_certain=True), Doubt(None)


def _window(start: float) -> ScoredWindow:
    return ScoredWindow(start, start + 10, 1.0, 0.5, 0.7)


def _scored(windows: list[ScoredWindow]) -> list[tuple[float, bool]]:
    return [(window.start, math.isfinite(window.surprise)) for window in windows]


@pytest.fixture
def doubts() -> Doubts:
    return Doubts()


def test_windows_are_held_until_a_flaw_is_certain_and_then_have_no_score(doubts: Doubts) -> None:
    assert _scored(doubts.feed([_window(0)])) == [(0, True)]
    assert doubts.change(CLIPPED, 15.0) == []
    assert doubts.feed([_window(10), _window(20)]) == []
    held = doubts.change(SURELY, 25.0)
    assert _scored(held) == [(10, False), (20, False)]
    assert held[0].error == "the state of the source was: clipped"
    assert _scored(doubts.feed([_window(30)])) == [(30, False)]


def test_what_was_no_flaw_after_all_is_judged_as_it_is(doubts: Doubts) -> None:
    doubts.change(CLIPPED, 0.0)
    doubts.feed([_window(0)])
    assert _scored(doubts.change(SOUND, 3.0)) == [(0, True)]
    doubts.change(CLIPPED, 5.0)
    doubts.feed([_window(10)])
    assert _scored(doubts.release()) == [(10, True)]


def test_a_window_that_reaches_into_the_flaw_has_no_score_either(doubts: Doubts) -> None:
    doubts.change(SURELY, 0.0)
    doubts.change(SOUND, 27.0)
    assert _scored(doubts.feed([_window(20), _window(26), _window(27)])) == [(20, False), (26, False), (27, True)]
