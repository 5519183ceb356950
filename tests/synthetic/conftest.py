"""Measures that the tests of the generator share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.fft import rfft

from offkey.synthetic import Plant, machines

Floats = NDArray[np.float64]


def _mel_bank(bands: int, size: int, rate: int) -> Floats:
    edges = 700.0 * (10.0 ** (np.linspace(0.0, 2595.0 * np.log10(1.0 + rate / 1400.0), bands + 2) / 2595.0) - 1.0)
    hz = np.arange(size // 2 + 1) * rate / size
    rise = (hz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - hz) / np.diff(edges)[1:, None]
    return np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)


@pytest.fixture(scope="session")
def log_mel() -> Callable[[NDArray[np.float32], int], Floats]:
    """The log-mel spectrogram in dB of a clip, (frames, 64 bands): 64 ms windows, 32 ms hop."""
    banks: dict[int, Floats] = {}

    def measure(samples: NDArray[np.float32], rate: int) -> Floats:
        size = round(0.064 * rate)
        bank = banks.setdefault(rate, _mel_bank(64, size, rate))
        frames = np.lib.stride_tricks.sliding_window_view(samples, size)[:: size // 2] * np.hanning(size).astype(
            np.float32
        )
        return 10.0 * np.log10(np.abs(rfft(frames, axis=1)) ** 2 @ bank.T + 1e-12)

    return measure


@pytest.fixture(scope="session")
def auc() -> Callable[[Floats, Floats], float]:
    """Area under the ROC curve of scores of normals and of anomalies."""

    def measure(normal: Floats, anomaly: Floats) -> float:
        higher = anomaly[:, None] > normal[None, :]
        return float(np.mean(higher + 0.5 * (anomaly[:, None] == normal[None, :])))

    return measure


@pytest.fixture(scope="session")
def quiet_plant() -> Plant:
    """A plant without background noise, with clips of 4 s."""
    return Plant(5, duration_s=4.0, snr_db=None)


@pytest.fixture(params=machines())
def machine(request: pytest.FixtureRequest) -> str:
    """Each machine in turn."""
    return str(request.param)
