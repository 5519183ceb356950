from __future__ import annotations

import numpy as np
import pytest

from offkey.audio import ArrayRecording, check_rate
from offkey.errors import AudioError, ParameterError

RATE = 16_000


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
def test_integers_are_scaled_by_their_width(dtype: type) -> None:
    least = np.iinfo(dtype).min
    sound = np.array([0, -(least // 2), least], dtype)
    assert next(iter(ArrayRecording(sound, RATE).blocks(0))).tolist() == [0.0, 0.5, -1.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_stay(dtype: type) -> None:
    assert next(iter(ArrayRecording(np.array([0.0, 0.5], dtype), RATE).blocks(0))).tolist() == [0.0, 0.5]


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (np.zeros(9, np.int64), "int64 has no full scale: pass int16, int32 or floats"),
        ([1, 2, 3], "int64 has no full scale"),
        (np.zeros(9, np.uint8), r"uint8 has its zero at 128: pass floats, \(x.astype"),
        (np.zeros(9, np.uint16), "uint16 is no sound"),
        (np.zeros(9, bool), "bool is no sound"),
        (np.zeros(9, complex), "complex128 is no sound"),
        (np.array([None, 1.0]), "object is no sound"),
        (np.array(0.5), r"has the shape \(\): sound has the shape \(n,\) or \(n, channels\)"),
        (np.zeros((3, 4, 5)), r"has the shape \(3, 4, 5\)"),
        (np.zeros((1, 900)), "1 sample and 900 channels .*transpose it, x.T; if each row is a clip, pass list"),
        (np.zeros((2, 900), np.float32), "2 samples and 900 channels"),
        (np.ma.masked_array(np.zeros(9), mask=np.arange(9) > 7), "has a mask"),
        ([np.zeros(3), np.zeros(4)], "cannot be made an array of samples"),
    ],
)
def test_what_is_no_sound_is_refused_with_a_remedy(samples: object, said: str) -> None:
    with pytest.raises(ParameterError, match=f"^clip 7 .*{said}"):
        ArrayRecording(samples, RATE, name="clip 7")


def test_a_mask_that_hides_nothing_is_none() -> None:
    assert ArrayRecording(np.ma.masked_array(np.zeros(9)), RATE).seconds == 9 / RATE


def test_nothing_is_no_sound() -> None:
    for empty in (np.zeros(0), np.zeros((0, 2))):
        with pytest.raises(AudioError, match="holds no sound"):
            list(ArrayRecording(empty, RATE).blocks(0))


@pytest.mark.parametrize("rate", [16_000, np.int32(16_000), 16_000.0, np.float64(16_000)])
def test_whole_rates_are_taken(rate: object) -> None:
    hertz = check_rate(rate)
    assert (hertz, type(hertz)) == (16_000, int)


@pytest.mark.parametrize(
    "rate", ["16000", None, True, np.True_, float("nan"), float("inf"), 22_050.7, 0, -1, 1j, np.nan, [16_000]]
)
def test_other_rates_are_refused_by_name(rate: object) -> None:
    with pytest.raises(ParameterError, match=r"'rate' must be a positive whole number of Hz\. Got "):
        ArrayRecording(np.zeros(9), rate)
