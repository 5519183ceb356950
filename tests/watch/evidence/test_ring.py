"""The newest sound: exactly what came, gaps where nothing came, and no more memory than was said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End
from offkey.watch.evidence import ring as module
from offkey.watch.evidence.ring import SoundRing

RATE = 1000
AT = 1_800_000_000.0


def _sound(first: int, n: int, channels: int = 1) -> np.ndarray:
    """Samples that say which they are."""
    numbers = (np.arange(first, first + n) % 60_000 - 30_000)[:, None] + np.arange(channels)
    return (numbers / 32_768).astype(np.float32)


def _whole(sound: np.ndarray) -> np.ndarray:
    return np.rint(sound * 32_768).astype(np.int16)


@given(
    stretches=st.lists(
        st.tuples(st.integers(0, 3000), st.lists(st.integers(1, 4000), min_size=1, max_size=4)), min_size=1, max_size=5
    ),
    begin=st.integers(-2000, 30_000),
    length=st.integers(1, 12_000),
)
def test_a_cut_is_exactly_the_stream_between_its_times(
    stretches: list[tuple[int, list[int]]], begin: int, length: int
) -> None:
    """The stream as a line of time: sound where it came, None where there was a gap or where it is forgotten."""
    ring = SoundRing(8.0)
    line: dict[int, int] = {}
    now = 0
    for gap, blocks in stretches:
        now += gap
        ring.feed(Begin(RATE, AT + now / RATE))
        for n in blocks:
            block = _sound(now, n)
            ring.feed(block)
            line |= dict(zip(range(now, now + n), _whole(block)[:, 0].tolist(), strict=True))
            now += n
        ring.feed(End("over"))
    held = dict(list(line.items())[-8000:])
    wanted = {moment: value for moment, value in held.items() if begin <= moment < begin + length}
    cut = ring.cut(AT + begin / RATE, AT + (begin + length) / RATE)
    if not wanted:
        assert cut is None
        return
    assert cut is not None
    first = round((cut.began - AT) * RATE)
    assert (first, round((cut.ended - AT) * RATE)) == (min(wanted), max(wanted) + 1)
    assert cut.samples[:, 0].tolist() == [wanted.get(first + k, 0) for k in range(len(cut.samples))]
    silent = {first + k for low, high in cut.gaps for k in range(round(low * RATE), round(high * RATE))}
    assert silent == set(range(min(wanted), max(wanted))) - wanted.keys()


def test_channels_and_rate_are_those_of_the_source() -> None:
    ring = SoundRing(2.0)
    ring.feed(Begin(RATE, AT))
    ring.feed(_sound(0, 500, channels=2))
    cut = ring.cut(AT, AT + 10)
    assert cut is not None
    assert (cut.rate, cut.gaps) == (RATE, ())
    assert cut.samples.tolist() == _whole(_sound(0, 500, channels=2)).tolist()
    ring.feed(Begin(2 * RATE, AT + 1))
    ring.feed(_sound(0, 700))
    again = ring.cut(AT, AT + 10)
    assert again is not None
    assert (again.rate, again.samples.shape, again.began) == (2 * RATE, (700, 1), AT + 1)


def test_what_exceeds_full_scale_is_clipped() -> None:
    ring = SoundRing(1.0)
    ring.feed(Begin(RATE, AT))
    ring.feed(np.array([[1.5], [-1.5], [1.0]], np.float32))
    cut = ring.cut(AT, AT + 1)
    assert cut is not None
    assert cut.samples[:, 0].tolist() == [32_767, -32_768, 32_767]


def test_a_corrected_clock_moves_the_stretch_that_goes_on() -> None:
    ring = SoundRing(2.0)
    ring.feed(Begin(RATE, AT))
    ring.feed(_sound(0, 500))
    ring.feed(Correction("clock moved", 100.0, "The clock was set."))
    ring.feed(_sound(500, 500))
    cut = ring.cut(AT + 100.25, AT + 100.75)
    assert cut is not None
    assert cut.samples.tolist() == _whole(_sound(250, 500)).tolist()
    assert ring.cut(AT, AT + 1) is None


def test_memory_is_bounded_however_long_it_goes_on_and_whatever_a_source_claims(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring = SoundRing(10.0)
    ring.feed(Begin(16_000, AT))
    for _ in range(200):
        ring.feed(_sound(0, 16_000))
    assert ring._held.nbytes == 10 * 16_000 * 2
    for k in range(1000):
        ring.feed(Begin(16_000, AT + k))
        ring.feed(_sound(0, 1600))
    assert len(ring._stretches) <= 102
    for _ in range(1000):
        ring.feed(Begin(16_000, AT))
    assert len(ring._stretches) <= 102
    monkeypatch.setattr(module, "_MOST_BYTES", 64_000)
    ring.feed(Begin(16_000, AT))
    ring.feed(_sound(0, 40_000, channels=4))
    assert ring._held.nbytes == 64_000
    cut = ring.cut(AT, AT + 10)
    assert cut is not None
    assert cut.samples.tolist() == _whole(_sound(32_000, 8000, channels=4)).tolist()
