from __future__ import annotations

import pytest

from offkey.features import create
from offkey.features.feature_names import block_names, hertz, unique
from offkey.features.mel import mel_centres_hz


@pytest.mark.parametrize(
    ("name", "params", "first", "last"),
    [
        ("mfcc", {}, "mfcc_00_mean", "mfcc_19_std"),
        ("spectrum", {"pooling": [0.0]}, "bin_0hz_max", "bin_8000hz_max"),
        ("stats", {}, "rms_db_mean", "flatness_db_change"),
        ("frames", {"seconds": 0.2}, "frame_0001_mel_23hz", "frame_0005_mel_7809hz"),
        ("logmel", {"lulls": False}, "mel_43hz_mean", "mel_7811hz_change"),
        ("logmel", {}, "mel_43hz_mean", "lull_2.21s_6527hz_7905hz"),
        ("logmel", {"modulation": True}, "mel_43hz_mean", "swing_9.9hz_16hz_6527hz_7905hz"),
    ],
)
def test_features_are_called_by_what_they_measure(name: str, params: dict, first: str, last: str) -> None:
    names = create(name, **params).feature_names(16_000)
    assert (names[0], names[-1]) == (first, last)


def test_the_hertz_of_a_name_are_the_centre_of_its_band() -> None:
    names = create("logmel", pooling=[0.9], deviation=False, change=False, lulls=False).feature_names(8_000)
    centres = [float(name.removeprefix("mel_").removesuffix("hz_gwrp0.9")) for name in names]
    assert centres == pytest.approx(mel_centres_hz(8_000, 128, 20), abs=0.5)


def test_frequencies_get_decimals_where_they_need_them() -> None:
    assert hertz([20, 40.4]) == ["20hz", "40hz"]
    assert hertz([20, 20.4, 21]) == ["20.0hz", "20.4hz", "21.0hz"]
    names = create("logmel", n_mels=1024).feature_names(2_000)
    assert len(set(names)) == len(names)


def test_equal_names_are_told_apart() -> None:
    assert unique(["a", "b", "a", "a"]) == ["a", "b", "a_2", "a_3"]
    assert block_names([1, 0.5, 0.0], deviation=True, change=True) == ["mean", "gwrp0.5", "max", "std", "change"]
    names = create("mfcc", pooling=[1.0, 1.0]).feature_names(16_000)
    assert len(set(names)) == len(names)
