from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.errors import DataError, ParameterError

RATE = 8_000
PIECES = 8


def recording(number: int) -> list[np.ndarray]:
    """Pieces of one recording, whose tone is its own."""
    rng = np.random.default_rng(number)
    t, hz, gain = np.arange(PIECES * RATE // 2) / RATE, rng.uniform(200, 300), rng.uniform(0.5, 2)
    sound = gain * 0.03 * np.sin(2 * np.pi * hz * t) + 0.01 * rng.standard_normal(len(t))
    return list(sound.astype(np.float32).reshape(PIECES, -1))


def recordings(first: int, n: int) -> list[np.ndarray]:
    return [piece for number in range(first, first + n) for piece in recording(number)]


@pytest.fixture(scope="module")
def groups() -> list[str]:
    return [f"day {number}" for number in range(10) for _ in range(PIECES)]


@pytest.fixture(scope="module")
def grouped(groups: list[str]) -> offkey.Model:
    return offkey.fit(recordings(0, 10), rate=RATE, groups=groups, false_alarm_rate=0.1)


def test_pieces_in_groups_keep_the_promise_for_new_recordings(grouped: offkey.Model) -> None:
    alone = offkey.fit(recordings(0, 10), rate=RATE, false_alarm_rate=0.1)
    new = recordings(100, 25)
    shares = [np.mean([result.anomalous for result in model.score(new, rate=RATE)]) for model in (alone, grouped)]
    assert shares[0] > 0.3
    assert shares[1] < 0.1


def test_groups_are_what_is_promised_by(grouped: offkey.Model, tmp_path: Path) -> None:
    calibration = grouped.calibration
    assert (len(calibration.normal_scores), calibration.worth, calibration.least_rate) == (80, 10, 1 / 11)
    assert not grouped.threshold.extrapolated
    assert grouped.with_false_alarm_rate(0.05).threshold.extrapolated
    assert "The 80 normal clips are of 10 groups, which can promise 1 false alarm in 11" in str(
        calibration.caveat(0.05)
    )
    assert any(
        "With 80 normal clips of 10 groups, a promised false-alarm rate of 0.01 becomes" in note
        for note in grouped.fitted_on.notes
    )
    grouped.save(tmp_path / "m.offkey")
    assert offkey.load(tmp_path / "m.offkey").calibration.worth == 10
    moved = grouped.recalibrate(recordings(200, 1), rate=RATE)
    assert (moved.calibration.worth, moved.recalibration.before().worth) == (8, 10)
    moved.save(tmp_path / "moved.offkey")
    assert offkey.load(tmp_path / "moved.offkey").recalibration.before().worth == 10


def test_too_few_groups_are_refused(groups: list[str]) -> None:
    with pytest.raises(ParameterError, match=r"Too few groups .* found 4 among 32 clips: day 0, day 1, day 2, day 3\."):
        offkey.fit(recordings(0, 4), rate=RATE, groups=groups[:32], detector="knn")
    with pytest.raises(ParameterError, match="'groups' must have one entry per clip, 80"):
        offkey.fit(recordings(0, 10), rate=RATE, groups=groups[:3])
    with pytest.raises(DataError, match=r"do not tell by what they are grouped, the first array 0"):
        offkey.fit(recordings(0, 10), rate=RATE, groups="recording")
