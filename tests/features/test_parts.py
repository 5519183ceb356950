from __future__ import annotations

import numpy as np
import pytest

import offkey
from offkey.errors import ParameterError
from offkey.features import create
from offkey.features.mel import mel_centres_hz
from offkey.features.parts import band_parts

RATE = 16_000


def test_a_part_has_a_column_in_each_block() -> None:
    edges = np.array([[0, 10], [10, 20], [20, 40]])
    assert band_parts([0, 2], 3, edges) == [
        (0, "band 0", 0.0, 10.0, (0, 2, 4)),
        (2, "band 2", 20.0, 40.0, (1, 3, 5)),
    ]
    assert band_parts([1], 1, None, word="coefficient") == [(1, "coefficient 1", None, None, (0,))]


@pytest.mark.parametrize("name", ["logmel", "spectrum"])
def test_the_bands_adjoin_and_hold_their_centres(name: str) -> None:
    parts = [part for part in create(name).parts(RATE) if part.name.startswith(("band ", "bin "))]
    assert [part.high_hz for part in parts[:-1]] == pytest.approx([part.low_hz for part in parts[1:]])
    centres = mel_centres_hz(RATE, 128, low_hz=20) if name == "logmel" else np.linspace(0, RATE / 2, 513)
    assert all(part.low_hz <= centre <= part.high_hz for part, centre in zip(parts, centres, strict=True))


def test_a_tone_is_heard_in_its_band_alone(hum) -> None:
    bands = {part.keep for part in create("logmel").parts(RATE) if part.low_hz < 3100 and part.high_hz > 2900}
    others = sorted(set(range(128)) - bands)
    for keep, heard in ((sorted(bands), True), (others, False)):
        front_end = create("logmel", keep=keep, pooling=[1.0], deviation=False, change=False)
        normal, tone = (front_end.vector(hum(1, tone_hz=hz), RATE) for hz in (None, 3000))
        assert bool(np.abs(tone - normal).max() > 10) is heard


def test_the_order_in_which_parts_are_named_does_not_matter(hum) -> None:
    a, b = (create("stats", keep=keep) for keep in (["kurtosis max", "rms_db mean"], ["rms_db mean", "kurtosis max"]))
    np.testing.assert_array_equal(a.vector(hum(), RATE), b.vector(hum(), RATE))
    assert a.feature_names(RATE) == b.feature_names(RATE) == ["rms_db_mean", "kurtosis_max"]


def test_coefficients_and_bins_that_there_are_not_are_refused(hum) -> None:
    with pytest.raises(ParameterError, match=r"'keep' parameter of 'mfcc' must name bands from 0 to 19\. Got 20"):
        create("mfcc", keep=[20])
    bins = create("spectrum", keep=[600])  # there at 48 kHz, not at 16
    with pytest.raises(ParameterError, match=r"'keep' parameter of 'spectrum' must name bands from 0 to 512\. Got 600"):
        bins.vector(hum(), RATE)


def test_a_model_of_some_bands_is_saved_as_such(hum, tmp_path) -> None:
    model = offkey.fit([hum(k) for k in range(12)], rate=RATE, features_params={"keep": list(range(40, 90))})
    assert model.detector.n_features_ == 50 * 2
    model.save(tmp_path / "m.offkey")
    fault = hum(30, tone_hz=3000)
    assert offkey.load(tmp_path / "m.offkey").score(fault, rate=RATE) == model.score(fault, rate=RATE)
