"""Frequency weightings A and C of sound level meters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["a_weighting", "c_weighting"]

_POLES_HZ = (20.598997, 107.65265, 737.86223, 12194.217)
_A_AT_1_KHZ_DB, _C_AT_1_KHZ_DB = -2.0, -0.062


def a_weighting(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gain of the weighting A, 1 at 1 kHz.

    IEC 61672-1:2013, annex E, equation (E.6), with the pole frequencies of E.4.2; normalised as there, by 2.000 dB.

    `hz`: frequencies in Hz.
    Returns: shape of `hz`; factors of amplitude.
    """
    f1, f2, f3, f4 = (pole**2 for pole in _POLES_HZ)
    square = hz**2
    gain = f4 * square**2 / ((square + f1) * np.sqrt((square + f2) * (square + f3)) * (square + f4))
    weighted: NDArray[np.float64] = gain * 10 ** (-_A_AT_1_KHZ_DB / 20)
    return weighted


def c_weighting(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gain of the weighting C, 1 at 1 kHz: IEC 61672-1:2013, annex E, equation (E.1); as `a_weighting`."""
    f1, _, _, f4 = (pole**2 for pole in _POLES_HZ)
    square = hz**2
    weighted: NDArray[np.float64] = f4 * square / ((square + f1) * (square + f4)) * 10 ** (-_C_AT_1_KHZ_DB / 20)
    return weighted
