from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.features.frames import frame_sizes, n_frames
from offkey.features.mel import log_mel, mel_centres_hz, mel_filters


def test_log_mel_is_that_of_mlperf_tiny(shared_data: Path) -> None:
    """MLPerf Tiny publishes frames 50 to 249 as librosa pads them, which starts one hop earlier than ours."""
    golden = shared_data / "golden"
    theirs = np.fromfile(golden / "normal_id_01_00000000_hist_librosa.bin", np.float32).reshape(200, 128)
    samples, rate = soundfile.read(golden / "normal_id_01_00000000.wav", dtype="float32")
    ours = log_mel(samples, rate, n_mels=128, floor_db=-120)
    np.testing.assert_allclose(ours.T[49:249], theirs, atol=1e-3, rtol=0)


def test_filters_have_unit_area_and_slaney_centres() -> None:
    filters = mel_filters(16_000, 40)
    assert filters.shape == (40, 513)
    area = filters.sum(axis=1) * 16_000 / 1024
    np.testing.assert_allclose(area[5:], 1, atol=0.05)  # the lowest are sampled by few bins
    centres = mel_centres_hz(16_000, 128)
    np.testing.assert_allclose(np.diff(centres[centres < 1000]), centres[0], rtol=1e-9)  # linear below 1 kHz
    high = centres[centres > 1000]
    ratios = high[1:] / high[:-1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-9)  # logarithmic above


def test_log_mel_equals_the_plain_formula(hum) -> None:
    """The definition written out in double precision, without blocks of frames or bands."""
    samples, rate = hum(seconds=3), 16_000
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1024) / 1024)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(float), 1024)[::512]
    plain = 10 * np.log10(mel_filters(rate, 128) @ (np.abs(np.fft.rfft(frames * window)) ** 2).T)
    np.testing.assert_allclose(log_mel(samples, rate, n_mels=128, floor_db=-120), plain, atol=1e-3)


def test_nothing_lies_below_the_floor() -> None:
    bands = log_mel(np.zeros(4096, np.float32), 16_000, n_mels=64, floor_db=-90)
    np.testing.assert_allclose(bands, -90, atol=1e-4)


@pytest.mark.parametrize(("rate", "sizes"), [(16_000, (1024, 512)), (8_000, (512, 256)), (44_100, (2822, 1411))])
def test_windows_last_64_ms(rate: int, sizes: tuple[int, int]) -> None:
    assert frame_sizes(rate) == sizes
    assert n_frames(sizes[0], rate) == 1
    assert n_frames(sizes[0] + sizes[1], rate) == 2
