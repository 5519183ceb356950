"""The measures of timbre by name, and all of them at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from offkey.features.timbre.envelopes import band_envelopes
from offkey.features.timbre.impulsiveness import impulsiveness
from offkey.features.timbre.loudness import a_weighted_level
from offkey.features.timbre.roughness import roughness
from offkey.features.timbre.sharpness import sharpness
from offkey.features.timbre.spectra import fine_spectra
from offkey.features.timbre.tonality import tonality

__all__ = ["MEASURES", "Measure", "measure_timbre"]


class Measure(NamedTuple):
    """A measure of timbre."""

    more: str
    less: str
    unit: str  # of its values; empty for a ratio
    source: str


MEASURES: dict[str, Measure] = {
    "loudness": Measure("louder", "quieter", "dB(A)", "A-weighted level re full scale, IEC 61672-1"),
    "sharpness": Measure(
        "sharper", "duller", "", "weighting of DIN 45692 over power-law specific loudness, uncalibrated"
    ),
    "roughness": Measure(
        "rougher",
        "smoother",
        "",
        "squared modulation depth around 70 Hz in each band, after Daniel & Weber 1997, simplified",
    ),
    "tonality": Measure("more tonal", "less tonal", "dB", "highest tone-to-noise ratio, after ECMA-418-1, simplified"),
    "impulsiveness": Measure(
        "more impulsive",
        "less impulsive",
        "",
        "kurtosis of the band envelopes, after the spectral kurtosis of Antoni 2006",
    ),
}
"""By name, in the order of `measure_timbre`."""


def measure_timbre(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """Return all measures of a clip.

    `samples`: shape (n,); one channel; at least one analysis window of 64 ms.
    Returns: shape (len(MEASURES),).
    """
    hz, power = fine_spectra(samples, rate)
    mean_power = power.mean(axis=0)
    envelopes, envelope_rate = band_envelopes(samples, rate)
    return np.array(
        [
            a_weighted_level(hz, mean_power),
            sharpness(hz, mean_power),
            roughness(envelopes, envelope_rate),
            tonality(hz, power),
            impulsiveness(envelopes, envelope_rate),
        ]
    )
