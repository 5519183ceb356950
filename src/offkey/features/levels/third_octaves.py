"""Third-octave bands: their frequencies, and the shape of their filters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOMINAL_HZ", "band_edges_hz", "band_power_gain", "mid_frequencies_hz", "n_bands"]

NOMINAL_HZ = (
    *("20", "25", "31.5", "40", "50", "63", "80", "100", "125", "160", "200", "250", "315", "400", "500", "630"),
    *("800", "1000", "1250", "1600", "2000", "2500", "3150", "4000", "5000", "6300", "8000", "10000", "12500"),
    *("16000", "20000"),
)
"""Nominal mid-band frequencies of the audible range: IEC 61260-1:2014, annex E."""

_FIRST = -17  # of 20 Hz, counted from 1 kHz
_HALF_BAND = 10 ** (3 / 10 / 6)  # G^(1/6): half a third of an octave, whose ratio is G = 10^(3/10)
_ORDER = 6


def mid_frequencies_hz() -> NDArray[np.float64]:
    """Return the exact mid-band frequencies, shape (31,): 1000 Hz * G^(x/3); IEC 61260-1:2014, equation (2)."""
    return 1000 * 10 ** (np.arange(_FIRST, _FIRST + len(NOMINAL_HZ)) / 10)


def band_edges_hz() -> NDArray[np.float64]:
    """Return lower and upper edge of each band, shape (31, 2); IEC 61260-1:2014, equations (4) and (5)."""
    middles = mid_frequencies_hz()
    return np.stack([middles / _HALF_BAND, middles * _HALF_BAND], axis=1)


def n_bands(rate: int) -> int:
    """Return how many bands lie below half a sampling rate in Hz as a whole."""
    return int((band_edges_hz()[:, 1] <= rate / 2).sum())


def band_power_gain(hz: NDArray[np.float64], middle_hz: float) -> NDArray[np.float64]:
    """Return the factor by which the filter of a band multiplies power.

    That of an analogue Butterworth band-pass, whose prototype has the order 6 and whose edges lie at -3 dB: it keeps
    the limits of class 1 of IEC 61260-1:2014, table 1, and its noise bandwidth is 1.2 % above that of an ideal filter.

    `hz`: frequencies above 0 Hz.
    Returns: shape of `hz`.
    """
    detuning = (hz / middle_hz - middle_hz / hz) / (_HALF_BAND - 1 / _HALF_BAND)
    gain: NDArray[np.float64] = 1 / (1 + detuning ** (2 * _ORDER))
    return gain
