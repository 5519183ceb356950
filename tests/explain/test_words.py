from __future__ import annotations

from dataclasses import replace

import pytest

from offkey.explain.explanation import Region, TimbreFinding
from offkey.explain.phrases import band, hertz, listed, moments, span, when
from offkey.explain.words import sentence

A = Region(3100, 3600, [(4.2, 10.0)], True, 6.04, 0.6, "broadband clicks, about 9 a second")


@pytest.mark.parametrize(
    ("hz", "said"), [(50, "50 Hz"), (634, "630 Hz"), (994, "990 Hz"), (1000, "1 kHz"), (3140, "3.1 kHz")]
)
def test_frequencies(hz: float, said: str) -> None:
    assert hertz(hz) == said


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ((3100, 3600), "3.1 to 3.6 kHz"),
        ((630, 1200), "630 Hz to 1.2 kHz"),
        ((1490, 1510), "1.5 kHz"),
        ((20, 40), "20 to 40 Hz"),
    ],
)
def test_bands(edges: tuple[float, float], said: str) -> None:
    assert band(*edges) == said


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([(0.1, 9.9)], "throughout"),
        ([(4.2, 10.0)], "from 4.2 s to the end"),
        ([(0.0, 2.0)], "from the start to 2.0 s"),
        ([(1.0, 2.0), (4.0, 5.0)], "from 1.0 to 2.0 s and from 4.0 to 5.0 s"),
        ([(1.0, 2.0), (4.0, 5.0), (6.0, 7.0)], "in 3 stretches between 1.0 and 7.0 s"),
    ],
)
def test_times(spans: list[tuple[float, float]], said: str) -> None:
    assert when(spans, 0.0, 10.0) == said


def test_the_ends_of_a_short_clip_are_short() -> None:
    assert when([(10.3, 10.5)], 10.0, 10.5) == "from 10.3 s to the end"
    assert when([(10.1, 10.3)], 10.0, 10.5) == "from 10.1 to 10.3 s"


def test_a_window_has_neither_start_nor_end() -> None:
    assert when([(10.0, 12.0)], 10.0, 20.0, whole=False) == "from 10.0 to 12.0 s"
    assert sentence([A], [], 0, 10, anomalous=True, whole=False).count("from 4.2 to 10.0 s") == 1


def test_lists() -> None:
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_a_region_in_words() -> None:
    assert sentence([A], [], 0, 10, anomalous=True) == (
        "Higher than normal around 3.1 to 3.6 kHz from 4.2 s to the end, by up to 6.0 standard deviations; "
        "broadband clicks, about 9 a second."
    )


def test_regions_at_one_time_are_one_and_others_are_further() -> None:
    together = replace(A, low_hz=5000, high_hz=5400, share=0.4)
    other = replace(A, low_hz=200, high_hz=300, spans_s=[(0.0, 2.0)], higher=False, share=0.3, character="")
    said = sentence([A, together, other], [], 0, 10, anomalous=True)
    assert "around 3.1 to 3.6 kHz and 5 to 5.4 kHz from 4.2 s" in said
    assert "Also lower than normal around 200 to 300 Hz from the start to 2.0 s" in said
    assert "Also" not in sentence([A, replace(other, share=0.1)], [], 0, 10, anomalous=True)


def test_timbre_is_named_most_remarkable_first_and_the_usual_not_at_all() -> None:
    findings = [
        TimbreFinding("loudness", 1.0, 0.0, 0.1, 4.0, "louder"),
        TimbreFinding("sharpness", 1.0, 0.0, 1.0, 1.0, ""),
        TimbreFinding("roughness", 1.0, 0.0, 0.1, -9.0, "smoother"),
    ]
    assert sentence([], findings, 0, 10, anomalous=False) == (
        "Not anomalous by its score. Nothing stands out in any band or moment. "
        "On the whole smoother and louder than normal."
    )


def test_of_regions_at_one_time_the_one_that_departs_most_is_told() -> None:
    also = replace(A, low_hz=630, high_hz=1200, deviation=9.26)
    for regions in ([A, also], [also, A]):
        said = sentence(regions, [], 0, 10, anomalous=True)
        assert "around 630 Hz to 1.2 kHz and 3.1 to 3.6 kHz" in said
        assert "by up to 9.3 standard deviations" in said


def test_moments_from_a_minute_on_are_those_that_a_player_shows() -> None:
    """An hour's recording names no moment "3270.0 s" beside a player that says 54:30."""
    assert when([(3270.0, 3271.0), (3274.0, 3275.0), (3278.0, 3279.9)], 3270, 3280, whole=False) == (
        "in 3 stretches between 54:30 and 54:39"
    )
    assert when([(3272.4, 3274.0)], 3270, 3280, whole=False) == "from 54:32 to 54:34"
    assert moments([2.9, 6.2]) == "2.9 and 6.2 s"
    assert moments([3273.8]) == "54:33"
    assert span(50.0, 60.0) == "0:50 to 1:00"
