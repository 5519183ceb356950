from __future__ import annotations

import numpy as np
import pytest

from offkey.learned.discriminative.inputs import Inputs

INPUTS = Inputs(16_000, 2.0, (0.064, 0.256))


def _sine(hz: float, seconds: float = 2.0) -> np.ndarray:
    t = np.arange(round(16_000 * seconds)) / 16_000
    return np.sin(2 * np.pi * hz * t).astype(np.float32)


def test_a_sine_of_full_scale_has_magnitude_one_at_its_frequency() -> None:
    spectrum, fine, coarse = INPUTS(_sine(1000))
    assert spectrum.max() == pytest.approx(1, abs=1e-3)
    assert int(spectrum.argmax()) == 1999  # half-hertz bins, the first at 0.5 Hz
    assert [values.shape for values in (spectrum, fine, coarse)] == INPUTS.shapes
    assert max(len(fine), len(coarse)) == 256


def test_spectrograms_have_lost_their_mean_and_show_change() -> None:
    sound = _sine(1000)
    sound[16_000:] = 0
    for spectrogram in INPUTS(sound)[1:]:
        np.testing.assert_allclose(spectrogram.mean(axis=1), 0, atol=1e-5)
        row = int(np.abs(spectrogram).max(axis=1).argmax())
        assert 0.4 < spectrogram[row, 2] < 0.7
        assert -0.7 < spectrogram[row, -2] < -0.4


def test_short_sound_is_repeated_and_long_sound_is_cut() -> None:
    short = _sine(440, 0.75)
    (piece,) = INPUTS.pieces(short, overlapping=True)
    np.testing.assert_array_equal(piece[:12_000], short)
    np.testing.assert_array_equal(piece[12_000:24_000], short)
    long = np.arange(72_000, dtype=np.float32)
    whole = INPUTS.pieces(long, overlapping=False)
    assert [piece[0] for piece in whole] == [0, 32_000]
    assert [piece[0] for piece in INPUTS.pieces(long, overlapping=True)] == [0, 32_000, 40_000]
    assert [len(INPUTS.pieces(long[:64_000], overlapping=over)) for over in (True, False)] == [2, 2]
