from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.features import create, names
from offkey.features.checks import check_front_end


@pytest.mark.parametrize("name", names())
def test_front_end_keeps_the_contract(name: str, whole_name) -> None:
    check_front_end(whole_name(name))


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"n_mels": 4}, r"The 'n_mels' parameter of 'logmel' must be an int in the range \[8, 1024\]\. Got 4 instead"),
        ({"pooling": [2.5]}, r"'pooling' .* must be a list, not empty, of values each a float in the range \[0, 2\]"),
        ({"pooling": []}, "must be a list, not empty"),
        (
            {"mels": 64},
            "'logmel' has no parameter 'mels': it has n_mels, pooling, deviation, change, .*, keep",
        ),
        ({"keep": [3, 3]}, "'keep' .* must be a list, not empty, of different values each an int .* or None. Got"),
        (
            {"keep": [5, 144]},
            r"The 'keep' parameter of 'logmel' must name bands or what the tail tells of from 0 to 143\. Got 144",
        ),
        ({"keep": [128], "lulls": False}, r"'keep' parameter of 'logmel' must name bands from 0 to 127\. Got 128"),
        (
            {"fine_spectrum": True, "normalisation": "per-band"},
            r"'fine_spectrum' parameter of 'logmel' must be False where 'normalisation' is 'per-band'.* Got True",
        ),
    ],
)
def test_a_wrong_parameter_is_refused(params: dict, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        create("logmel", **params)


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"There is no front end 'logmle': expected one of .* mean 'logmel'\?"):
        create("logmle")


def test_logmel_follows_the_level_in_db(hum) -> None:
    sound = hum()
    front_end = create("logmel", deviation=False, change=False, lulls=False)
    louder = front_end.vector(np.float32(10) * sound, 16_000) - front_end.vector(sound, 16_000)
    np.testing.assert_allclose(louder, 20, atol=1e-3)


def test_mfcc_zero_is_the_level(hum) -> None:
    front_end = create("mfcc", n_mfcc=4, deviation=False)
    difference = front_end.vector(np.float32(10) * hum(), 16_000) - front_end.vector(hum(), 16_000)
    np.testing.assert_allclose(difference, [20 * np.sqrt(128), 0, 0, 0], atol=1e-2)


def test_spectrum_gives_0_db_for_a_full_scale_sine() -> None:
    t = np.arange(16_000) / 16_000
    vector = create("spectrum").vector(np.sin(2 * np.pi * 1000 * t).astype(np.float32), 16_000)
    assert int(vector.argmax()) == 64  # 1000 Hz in bins of 15.625 Hz
    assert vector.max() == pytest.approx(0, abs=1e-3)
