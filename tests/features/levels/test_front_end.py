from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import offkey
from offkey.errors import ParameterError
from offkey.features import create
from offkey.features.levels.third_octaves import NOMINAL_HZ, mid_frequencies_hz
from offkey.features.levels.weighting import a_weighting, c_weighting

RATE = 48_000
Sound = NDArray[np.float32]


def _tone(hz: float, seconds: float = 2.0, rms: float = 0.1) -> Sound:
    t = np.arange(round(seconds * RATE)) / RATE
    return (np.sqrt(2) * rms * np.sin(2 * np.pi * hz * t + 0.7)).astype(np.float32)


def _levels(sound: Sound, rate: int = RATE, **params: object) -> dict[str, float]:
    front_end = create("levels", **params)
    return dict(zip(front_end.feature_names(rate), front_end.vector(sound, rate).tolist(), strict=True))


def test_a_tone_has_its_level_by_every_measure() -> None:
    levels = _levels(_tone(1000))
    whole = ["laeq_db", "lceq_db", "lzeq_db", "lafmax_db", "la10_db", "la50_db", "la90_db", "third_octave_1000hz_db"]
    assert [levels[name] for name in whole] == pytest.approx([-20.0] * 8, abs=0.02)
    assert levels["third_octave_250hz_db"] < -90  # 70 dB below, which class 1 asks for two octaves away


@pytest.mark.parametrize("nominal", ["31.5", "63", "250", "4000", "12500"])
def test_a_tone_is_weighted_and_lies_in_its_band(nominal: str) -> None:
    hz = mid_frequencies_hz()[NOMINAL_HZ.index(nominal)]
    levels = _levels(_tone(hz, 4.0))
    assert levels[f"third_octave_{nominal}hz_db"] == pytest.approx(-20, abs=0.05)
    for name, weighting in (("laeq_db", a_weighting), ("lceq_db", c_weighting)):
        assert levels[name] == pytest.approx(-20 + 20 * np.log10(weighting(hz)), abs=0.1)


def test_pink_noise_is_flat_over_third_octaves() -> None:
    rng, n = np.random.default_rng(0), 30 * RATE
    spectrum = rng.standard_normal(n // 2 + 1) + 1j * rng.standard_normal(n // 2 + 1)
    spectrum[1:] /= np.sqrt(np.arange(1, n // 2 + 1))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum)
    levels = _levels((0.1 * noise / noise.std()).astype(np.float32))
    bands = [levels[f"third_octave_{nominal}hz_db"] for nominal in NOMINAL_HZ]
    assert np.ptp(bands[7:]) < 0.5  # from 100 Hz; the lowest bands see few moments of such noise
    assert np.ptp(bands) < 1.5


def test_third_octaves_add_up_to_the_whole() -> None:
    noise = (0.1 * np.random.default_rng(1).standard_normal(4 * RATE)).astype(np.float32)
    levels = _levels(noise)
    bands = sum(10 ** (level / 10) for name, level in levels.items() if name.startswith("third"))
    assert 10 * np.log10(bands) == pytest.approx(levels["lzeq_db"] + 10 * np.log10(22_390 / 24_000), abs=0.15)


def test_the_time_weighting_f_rises_and_falls_by_125_ms() -> None:
    sound = 1e-3 * _tone(1000, 4.0)
    sound[RATE : RATE + RATE // 5] = _tone(1000, 0.2)  # a burst of 200 ms
    levels = _levels(sound)
    assert levels["lafmax_db"] == pytest.approx(-21.0, abs=0.1)  # IEC 61672-1:2013, table 4: -1.0 dB of the tone
    assert levels["la90_db"] == pytest.approx(-80, abs=0.5)
    laf = create("levels").in_time(sound, RATE)[0]
    falling = laf[10:15]  # 4.34 dB each 125 ms
    assert np.diff(falling) == pytest.approx([-10 * np.log10(np.e)] * 4, abs=0.05)


def test_percentiles_are_levels_that_are_exceeded_for_a_share_of_the_time() -> None:
    quiet, loud = _tone(1000, 6.0, 0.01), _tone(1000, 4.0, 0.1)
    levels = _levels(np.concatenate([quiet, loud]))
    assert (levels["la10_db"], levels["la90_db"]) == pytest.approx((-20, -40), abs=0.05)
    assert levels["la50_db"] == pytest.approx(-40, abs=0.1)


def test_calibration_is_added_and_silence_ends_at_the_floor() -> None:
    plain, calibrated = _levels(_tone(1000)), _levels(_tone(1000), calibration_db=114.0)
    assert calibrated["laeq_db"] == pytest.approx(94, abs=0.02)  # what a calibrator of 94 dB gives
    assert all(calibrated[name] - level == pytest.approx(114, abs=1e-3) for name, level in plain.items())
    assert min(_levels(np.zeros(RATE, np.float32), floor_db=-100.0).values()) == -100.0


def test_what_is_kept_must_be_there_at_the_rate() -> None:
    sound = _tone(1000)
    kept = create("levels", keep=["third_octave_20000hz_db", "laeq_db"])
    assert kept.feature_names(RATE) == ["laeq_db", "third_octave_20000hz_db"]
    assert kept.vector(sound, RATE).tolist() == pytest.approx([-20, -120], abs=0.02)
    with pytest.raises(ParameterError, match="names third_octave_20000hz_db, but at 16000 Hz the highest is third"):
        kept.vector(sound, 16_000)


def test_levels_in_time_average_to_those_of_the_clip() -> None:
    noise = (0.1 * np.random.default_rng(2).standard_normal(RATE * 2)).astype(np.float32)
    front_end = create("levels")
    rows = front_end.in_time(noise, RATE)
    assert front_end.column_s(RATE) == 0.125
    assert rows.shape == (32, 16)
    mean_db = 10 * np.log10((10 ** (rows[1:] / 10)).mean(axis=1))
    np.testing.assert_allclose(mean_db[8:], front_end.vector(noise, RATE)[15:], atol=0.3)


def test_a_long_recording_is_measured_by_the_minute() -> None:
    rate = 1_000
    noise = (0.1 * np.random.default_rng(3).standard_normal(rate * 90)).astype(np.float32)
    levels = _levels(noise, rate)
    halves = [_levels(half, rate) for half in (noise[: 60 * rate], noise[60 * rate :])]
    mean = (2 * 10 ** (halves[0]["laeq_db"] / 10) + 10 ** (halves[1]["laeq_db"] / 10)) / 3
    assert levels["laeq_db"] == pytest.approx(10 * np.log10(mean), abs=0.01)
    assert create("levels").in_time(noise, rate).shape == (1 + 14, 720)


def test_a_model_is_fitted_on_levels(normal_folder, hum) -> None:
    model = offkey.fit(normal_folder, features="levels", detector="mahalanobis")
    assert model.score(hum(7, tone_hz=3000), rate=16_000).anomalous
    assert not model.score(hum(8), rate=16_000).anomalous
