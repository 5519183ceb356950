from __future__ import annotations

import numpy as np
import pytest
from benchmarks.planted import FAULTS, STRENGTHS, Samples, plant

RATE, SECONDS = 16_000, 4
KINDS = {fault.split(",")[0].split(" of ")[0].split(" at ")[0].split(" for ")[0]: fault for fault in FAULTS}


@pytest.fixture(scope="module")
def clip() -> Samples:
    return (0.1 * np.random.default_rng(0).standard_normal(SECONDS * RATE)).astype(np.float32)


def with_fault(clip: Samples, kind: str, strength: str) -> Samples:
    return plant(clip, RATE, KINDS[kind], strength, 0)


def rms(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_keeps_length_and_type_and_is_drawn_alike(clip: Samples, fault: str) -> None:
    first, again = (plant(clip, RATE, fault, "weak", 3) for _ in range(2))
    assert (first.shape, first.dtype) == (clip.shape, np.float32)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, clip)


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault != KINDS["speed"]]
)  # at any other speed noise is noise
def test_a_stronger_fault_is_farther_from_the_clip(clip: Samples, fault: str) -> None:
    changes = [rms(plant(clip, RATE, fault, strength, 1) - clip) for strength in STRENGTHS]
    assert changes == sorted(changes, reverse=True)
    assert min(changes) > 0


@pytest.mark.parametrize(("kind", "strength", "peak_db"), [("clicks", "strong", 24), ("knocks", "weak", 0)])
def test_a_peak_has_the_stated_level_over_the_clip(clip: Samples, kind: str, strength: str, peak_db: float) -> None:
    added = with_fault(clip, kind, strength) - clip
    assert 20 * np.log10(np.abs(added).max() / rms(clip)) == pytest.approx(peak_db, abs=0.1)


def test_knocks_come_twice_a_second(clip: Samples) -> None:
    struck = np.flatnonzero(np.abs(with_fault(clip, "knocks", "strong") - clip) > 0.05)
    starts = struck[np.flatnonzero(np.diff(struck, prepend=-RATE) > RATE // 4)]
    assert np.diff(starts) == pytest.approx(RATE / 2, abs=20)


def test_a_modulation_has_the_stated_depth_and_the_level_of_the_clip() -> None:
    steady = np.sin(2 * np.pi * 1000 * np.arange(SECONDS * RATE) / RATE).astype(np.float32)
    beating = with_fault(steady, "amplitude modulation", "middle")
    peaks = np.abs(beating).reshape(-1, 160).max(axis=1)
    assert (peaks.max() - peaks.min()) / (peaks.max() + peaks.min()) == pytest.approx(0.3, abs=0.01)
    assert rms(beating) == pytest.approx(rms(steady))


def test_a_dropout_takes_12_db_for_the_stated_time(clip: Samples) -> None:
    share = with_fault(clip, "dropout", "middle") / clip
    assert 20 * np.log10(share.min()) == pytest.approx(-12, abs=0.01)
    assert float((share < 0.5).mean()) * SECONDS == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("strength", "share"), [("strong", 0.05), ("weak", 0.015)])
def test_a_faster_machine_has_a_higher_pitch(strength: str, share: float) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(SECONDS * RATE) / RATE).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(with_fault(tone, "speed", strength) * np.hanning(len(tone))))
    assert spectrum.argmax() / SECONDS == pytest.approx(1000 * (1 + share), abs=1)


def test_a_wobble_of_nothing_changes_no_band(clip: Samples) -> None:
    levels = [np.abs(np.fft.rfft(samples)) ** 2 for samples in (clip, with_fault(clip, "pitch wobble", "weak"))]
    top = [float(level[int(0.95 * len(level)) :].sum()) for level in levels]
    assert 10 * np.log10(top[1] / top[0]) == pytest.approx(0, abs=0.3)


def test_a_tone_ends_at_the_stated_level(clip: Samples) -> None:
    added = with_fault(clip, "growing tone", "middle") - clip
    end = added[-RATE // 10 :]
    assert 20 * np.log10(rms(end) / rms(clip)) == pytest.approx(-10, abs=0.3)
    assert rms(added[: RATE // 10]) < 0.1 * rms(end)
