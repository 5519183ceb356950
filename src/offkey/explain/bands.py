"""Contributions of bands to the score of a clip: those of the detector's features, by frequency."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.explain.explanation import Contributions
from offkey.model import Model

__all__ = ["band_contributions"]


def band_contributions(model: Model, vector: NDArray[np.float32]) -> Contributions | None:
    """Return the exact contribution of each band to the score of a clip's vector (n_features,).

    None where the features are no adjoining bands, or the detector does not divide its score.
    """
    parts = sorted(model.front_end.parts(model.rate), key=lambda part: part.low_hz or 0.0)
    bands = [part for part in parts if part.columns[0] < len(vector) - model.front_end.tail]
    edges = [edge for part in bands for edge in (part.low_hz, part.high_hz)]
    columns = sorted(column for part in parts for column in part.columns)
    if not bands or None in edges or columns != list(range(len(vector))):
        return None
    x = vector.astype(np.float64) if model.standardiser is None else model.standardiser(vector[None])[0]
    values, remainder = model.detector.contributions(x)
    if not values.any():
        return None
    inner = np.array(edges, float).reshape(-1, 2)
    shares = np.array([values[list(part.columns)].sum() for part in bands])
    for part in (part for part in parts if part not in bands):  # of a range of bands, which share it
        low, high = np.searchsorted(inner[:, 0], [part.low_hz or 0.0, part.high_hz or 0.0])
        low, high = min(low, len(shares) - 1), max(high, low + 1)
        shares[low:high] += values[list(part.columns)].sum() / len(shares[low:high])
    of = f"the detector's score less {remainder:.4g}" if remainder else "the detector's score"
    return Contributions(np.append(inner[:, 0], inner[-1, 1]), shares, True, of)
