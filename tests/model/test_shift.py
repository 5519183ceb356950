from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt
from tests.model.plant import RATE, plant

import offkey
from offkey.model.result import Scored
from offkey.model.shift import Shift, shift_of
from offkey.model.sound_range import SoundRange


@pytest.fixture(scope="module")
def model():
    return offkey.fit([plant(number) for number in range(40)], rate=RATE, detector="knn", false_alarm_rate=0.05)


def _shift(model: offkey.Model, clips: list[np.ndarray], rate: int = RATE) -> Shift:
    return shift_of(model, model.score(clips, rate=rate))


def test_new_normal_clips_are_no_other_recording(model) -> None:
    """Twenty batches of each size: the chance of any such sentence is far below one in a hundred."""
    for size in (1, 2, 5, 20):
        for batch in range(20):
            shift = _shift(model, [plant(1000 + 20 * batch + number) for number in range(size)])
            assert not shift.shifted, (size, batch, shift.reasons)
            assert shift.sentence is None
            assert shift.clips == size


@pytest.mark.parametrize("size", [5, 20])
def test_another_gain_filter_or_noise_is(model, size: int) -> None:
    low_pass = butter(4, 2500, output="sos", fs=RATE)
    numbers = range(2000, 2000 + size)
    quieter = _shift(model, [plant(number, gain=0.5) for number in numbers])
    dull = _shift(model, [sosfilt(low_pass, plant(number)).astype(np.float32) for number in numbers])
    noisy = _shift(model, [plant(number, noise=5) for number in numbers])
    assert any("the level is " in reason and " dB lower" in reason for reason in quieter.reasons)
    assert quieter.measures["level_db"]["mean"] == pytest.approx(
        quieter.measures["level_db"]["learnt_median"] - 6, abs=1
    )
    assert any("the highest frequencies are " in reason and "weaker" in reason for reason in dull.reasons)
    assert any("the noise floor is " in reason and "higher" in reason for reason in noisy.reasons)
    for shift in (quieter, dull, noisy):
        assert shift.shifted
        assert shift.sentence is not None
        assert shift.sentence.startswith(f"these {size} clips differ as a whole from the training clips: ")
        assert "either the machine is faulty or changed for good, or the recording changed: check" in shift.sentence


def test_what_moved_is_said_as_tilt_and_band(model) -> None:
    emphasis = [np.diff(plant(number), prepend=0).astype(np.float32) * 3 for number in range(2100, 2120)]
    assert any(
        "the spectrum is tilted by " in one and "per octave more towards high frequencies" in one
        for one in _shift(model, emphasis).reasons
    )
    band = butter(4, (2000, 4000), "bandpass", output="sos", fs=RATE)
    noise = 0.1 * np.random.default_rng(0).standard_normal((20, RATE))
    clips = [plant(2200 + row) + sosfilt(band, noise[row]).astype(np.float32) for row in range(20)]
    assert any("the band of 2 to 4 kHz is " in one and "stronger" in one for one in _shift(model, clips).reasons)


def test_scores_that_rise_are_said_before_clips_alarm(model) -> None:
    """No clip is anomalous, and all score as high as two fifths of the normal clips do."""
    p_values = np.linspace(0.1, 0.4, 30)
    rising = [Scored(str(number), None, None, 0.0, float(p), False) for number, p in enumerate(p_values)]
    assert shift_of(model, rising).reasons == ["30 of 30 score as high as 1 in 2 normal clips"]
    assert not shift_of(model, rising).alarms_alone
    assert str(shift_of(model, rising).sentence).startswith("these 30 clips differ as a whole from the training clips")
    even = [Scored(str(number), None, None, 0.0, float(p), False) for number, p in enumerate(np.linspace(0.1, 1, 30))]
    assert not shift_of(model, even).shifted


def test_a_narrow_fault_in_some_clips_is_not(model) -> None:
    clips = [plant(3000 + number, tone_hz=3000 if number < 3 else None, tone=0.02) for number in range(20)]
    shift = _shift(model, clips)
    assert (shift.shifted, shift.anomalous >= 3) == (False, True)


def test_one_clip_tells_only_where_it_is_far_outside(model) -> None:
    assert not _shift(model, [plant(1, gain=0.7)]).shifted
    shift = _shift(model, [plant(1, gain=0.03)])
    assert any("lower than in any clip learnt" in reason for reason in shift.reasons)
    assert str(shift.sentence).startswith("this clip differs as a whole from the training clips: ")


def test_most_clips_beyond_all_normal_scores_are_said_to_be(model) -> None:
    shift = _shift(model, [plant(4000 + number, tone_hz=3000, tone=0.02) for number in range(5)])
    assert "5 of 5 score beyond all 40 normal clips" in shift.reasons
    assert (shift.beyond_all, shift.anomalous) == (5, 5)


def test_more_alarms_than_chance_explains_are_said_to_be(model) -> None:
    clips = [plant(5000 + number, tone_hz=3000 if number < 24 else None, tone=0.02) for number in range(60)]
    shift = _shift(model, clips)
    assert f"{shift.anomalous} of 60 are anomalous, where a false-alarm rate of 0.05 was promised" in shift.reasons
    assert str(shift.sentence).startswith("these 60 clips score higher than was promised: ")
    assert shift.alarms_alone


def test_files_of_another_rate_are_said_to_be(model) -> None:
    clips = [np.repeat(plant(6000 + number), 2) for number in range(3)]
    assert any(
        "the sampling rate of the files is 16000 Hz higher" in one for one in _shift(model, clips, 32_000).reasons
    )


def test_a_recording_counts_once_however_many_windows_it_has(model) -> None:
    long = np.concatenate([plant(number) for number in range(7000, 7070)])
    shift = _shift(model.with_windowing(1, 1), [long])
    assert shift.clips == 1
    assert not any("anomalous" in reason for reason in shift.reasons)


def test_the_file_keeps_it_and_an_earlier_one_has_none(model, tmp_path: Path) -> None:
    model.save(tmp_path / "m.offkey")
    loaded = offkey.load(tmp_path / "m.offkey")
    np.testing.assert_array_equal(loaded.sound.quantiles, model.sound.quantiles)
    assert loaded.with_false_alarm_rate(0.1).sound is loaded.sound
    five = SoundRange(model.sound.quantiles[:, :5], model.sound.n)  # as of a file that an earlier version wrote
    loaded.sound = five
    loaded.save(tmp_path / "five.offkey")
    quiet = _shift(offkey.load(tmp_path / "five.offkey"), [plant(number, gain=0.03) for number in range(5)])
    assert list(quiet.measures) == ["level_db", "floor_db", "tilt_db", "treble_db", "rate_hz"]
    assert "lower than in any clip learnt" in quiet.reasons[0]
    loaded.sound = None  # as of a file that an earlier version wrote
    quiet = _shift(loaded, [plant(number, gain=0.03) for number in range(5)])
    assert quiet.measures == {}
    assert quiet.reasons == ["5 of 5 score beyond all 40 normal clips"]
