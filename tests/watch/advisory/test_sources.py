"""Trouble of a source is one episode, however often its link comes and goes."""

from __future__ import annotations

import pytest
from tests.watch.advisory.conftest import NOON

from offkey.watch.advisory.notice import Notice
from offkey.watch.advisory.sources import SourceEpisodes
from offkey.watch.rows import StateChange


@pytest.fixture
def episodes() -> SourceEpisodes:
    return SourceEpisodes()


def _run(episodes: SourceEpisodes, states: dict[int, str], until: int) -> list[tuple[int, Notice]]:
    """Feed states at their seconds, and tick each second."""
    found = []
    for second in range(until):
        if second in states:
            episodes.take(StateChange("pump", NOON + second, states[second], "It broke off."))
        found += [(second, notice) for notice in episodes.tick(NOON + second)]
    return found


def test_a_link_that_toggles_twenty_times_is_one_episode(episodes: SourceEpisodes) -> None:
    states = {}
    for k in range(20):
        states[60 * k] = "reconnecting" if k < 2 else "flapping"
        states[60 * k + 10] = "healthy" if k < 2 else "flapping"
    states[60 * 20 + 300] = "healthy"
    found = _run(episodes, states, 4000)
    assert [(second, notice.kind) for second, notice in found] == [(120, "new"), (1500 + 900, "end")]
    begin, end = (notice for _, notice in found)
    assert begin.text == "No sound can be judged: the source is flapping: It broke off."
    assert (begin.event, begin.level, begin.scope) == (end.event, "warning", "source")
    assert end.ended == NOON + 1500


def test_a_source_that_is_back_soon_is_no_episode(episodes: SourceEpisodes) -> None:
    assert _run(episodes, {0: "stalled", 29: "healthy"}, 2000) == []


def test_a_loss_that_lasts_is_one_and_ends_when_the_source_has_been_steady(episodes: SourceEpisodes) -> None:
    states = {0: "reconnecting", 100: "healthy", 500: "stalled", 600: "healthy"}
    found = _run(episodes, states, 3000)
    assert [(second, notice.kind) for second, notice in found] == [(30, "new"), (1500, "end")]


def test_a_source_may_be_absent_at_the_start_for_a_while(episodes: SourceEpisodes) -> None:
    assert [second for second, _ in _run(episodes, {0: "waiting"}, 2000)] == [900]


def test_other_words_about_a_source_are_no_trouble(episodes: SourceEpisodes) -> None:
    assert _run(episodes, {0: "healthy", 5: "clock moved", 9: "ended"}, 2000) == []


def test_an_episode_outlives_the_monitor(episodes: SourceEpisodes) -> None:
    ((_, begin),) = _run(episodes, {0: "stalled"}, 60)
    later = SourceEpisodes()
    later.restore([begin], NOON + 100)
    ((second, end),) = _run(later, {200: "healthy"}, 2000)
    assert (second, end.kind, end.event) == (1100, "end", begin.event)
