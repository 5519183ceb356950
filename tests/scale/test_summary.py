from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.detectors.moments import Moments
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.scale import summary as module
from offkey.scale.summary import MOST_FEATURES, Summary, Tally

N = 30
CAPACITY = 8


def _clip(number: int) -> ClipFeatures:
    """Return a clip of one to three windows; every seventh is bad."""
    if number % 7 == 3:
        return ClipFeatures(f"clip {number:02d}", [WindowFeatures(None, None, None, "bad")])
    vectors = np.random.default_rng(number).normal(size=(1 + number % 3, 4)).astype(np.float32)
    pieces = [WindowFeatures(float(place), place + 1.0, vector) for place, vector in enumerate(vectors)]
    return ClipFeatures(f"clip {number:02d}", pieces, f"{number * 2**250:064x}")


DOMAINS = {_clip(number).name: "target" if number % 5 == 0 else "source" for number in range(N)}


def _summary(numbers: Any, domains: dict[str, str] | None = DOMAINS) -> Summary:
    summary = Summary(CAPACITY, moments=True)
    summary.add([_clip(int(number)) for number in numbers], domains)
    return summary


def _read_again(summary: Summary) -> Summary:
    return Summary.of_table(summary.table(), CAPACITY, moments=True)


def _is_same(found: Summary, expected: Summary) -> None:
    assert [clip.name for clip in found.kept()] == [clip.name for clip in expected.kept()]
    assert found.sample.seen == expected.sample.seen
    for mine, other in zip(found.sample.clips(), expected.sample.clips(), strict=True):
        assert [piece.start_s for piece in mine.windows] == [piece.start_s for piece in other.windows]
        assert np.array_equal([p.vector for p in mine.windows], [p.vector for p in other.windows])
    one, two = found.population(), expected.population()
    assert (one.clips, one.windows, one.seconds, one.digest) == (two.clips, two.windows, two.seconds, two.digest)
    assert one.moments is not None
    assert two.moments is not None
    for domain, moments in two.moments.items():
        assert np.allclose(one.moments[domain].mean, moments.mean, rtol=1e-12)
        for name in ("scatter", "third", "fourth"):
            assert np.allclose(getattr(one.moments[domain], name), getattr(moments, name), rtol=1e-9, atol=1e-9)


@settings(deadline=None)
@given(order=st.permutations(range(N)), cuts=st.lists(st.integers(0, N), max_size=4))
def test_summaries_of_parts_merge_into_that_of_the_whole(order: list[int], cuts: list[int]) -> None:
    """In any order and grouping, from the left or from the right, through tables or not."""
    parts = [_summary(numbers) for numbers in np.split(np.array(order, int), sorted(cuts))]
    whole = _summary(range(N))
    left, right = Summary(CAPACITY, moments=True), Summary(CAPACITY, moments=True)
    for part in parts:
        left.merge(_read_again(part))
    for part in reversed(parts):
        part.merge(right)
        right = part
    _is_same(left, whole)
    _is_same(right, whole)
    _is_same(_read_again(whole), whole)


def test_a_summary_tells_what_plain_counting_tells() -> None:
    population = _summary(range(N)).population()
    good = [_clip(number) for number in range(N) if number % 7 != 3]
    assert population.clips == len(good)
    assert population.seconds == sum(len(clip.windows) for clip in good)
    assert population.digest == f"{sum(int(clip.digest, 16) for clip in good) % 2**256:064x}"
    assert population.moments is not None
    for domain, count in population.windows.items():
        vectors = [piece.vector for clip in good if DOMAINS[clip.name] == domain for piece in clip.windows]
        assert count == len(vectors)
        assert np.allclose(population.moments[domain].scatter, Moments.of(np.array(vectors)).scatter)
    assert list(_summary(range(N), None).population().windows) == [""]


def test_of_many_bad_clips_the_first_are_named_and_the_others_counted(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "BAD_CLIPS", 2)
    summary = _summary(range(15, N))
    assert [clip.name for clip in summary.bad] == ["clip 17", "clip 24"]
    assert summary.notes() == []
    summary.merge(_read_again(_summary(range(15))))
    assert [clip.name for clip in summary.bad] == ["clip 03", "clip 10"]
    assert summary.notes() == ["4 clips could not be used, 2 are named."]


def test_moments_are_kept_where_they_are_asked_for_and_not_too_large() -> None:
    def tally(size: int, *, moments: bool = True) -> Tally:
        clip = ClipFeatures("a", [WindowFeatures(0.0, 1.0, np.ones(size, np.float32))], "0")
        return Tally.of([clip], moments=moments)

    assert tally(MOST_FEATURES).moments is not None
    assert tally(MOST_FEATURES + 1).moments is None
    assert tally(3, moments=False).moments is None
    without = tally(3, moments=False)
    without.add(tally(3))
    assert without.moments is None
    assert without.windows == 2
    known = tally(3)
    known.add(Tally())
    assert known.moments is not None
