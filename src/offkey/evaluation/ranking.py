"""Clips in the order of their scores, and the areas under their ROC curve.

One kernel serves the metrics (every clip counts once), the bootstrap (a clip counts as often as it
was drawn) and the jackknife (one clip counts zero times): it takes the curve's corners from
cumulated counts, so that tied scores form one sloped segment, as in Fawcett, "An introduction to ROC
analysis", Pattern Recognition Letters 27 (2006), algorithm 2.
"""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.errors import ParameterError

__all__ = ["Areas", "Bits", "Floats", "Ranking", "checked_labels", "checked_max_fpr", "standardised"]

Floats: TypeAlias = NDArray[np.float64]
Bits: TypeAlias = NDArray[np.int8]


class Areas(NamedTuple):
    """AUC and pAUC, one of each for every row of weights."""

    auc: Floats
    pauc: Floats


def checked_labels(labels: ArrayLike, name: str = "labels") -> Bits:
    """Return labels as an array of 0 (normal) and 1 (anomaly); `name` is their name in an error message."""
    array = np.asarray(labels)
    if array.ndim != 1:
        raise ParameterError(
            f"'{name}' must have one entry per clip, shape (n_clips,). Got shape {array.shape} instead."
        )
    if len(array) == 0:
        raise ParameterError(f"'{name}' must hold at least one clip. Got none.")
    if array.dtype.kind not in "biuf" or not np.isin(array, (0, 1)).all():
        wrong = next(value for value in array.tolist() if isinstance(value, str) or value not in (0, 1))
        raise ParameterError(f"'{name}' must be 0 (normal) or 1 (anomaly). Got {wrong!r} instead.")
    return array.astype(np.int8)


def checked_max_fpr(max_fpr: float) -> float:
    """Return `max_fpr`, or raise a ParameterError if it is not in (0, 1]."""
    if isinstance(max_fpr, bool) or not isinstance(max_fpr, int | float | np.floating) or not 0 < max_fpr <= 1:
        raise ParameterError(f"The 'max_fpr' parameter must be a float in the range (0, 1]. Got {max_fpr!r} instead.")
    return float(max_fpr)


def standardised(partial: Floats, max_fpr: float) -> Floats:
    """Scale areas for false-positive rates up to `max_fpr` so that chance is 0.5 and perfection 1.

    McClish, "Analyzing a portion of the ROC curve", Medical Decision Making 9 (1989).
    """
    chance = 0.5 * max_fpr**2
    return np.asarray(0.5 * (1 + (partial - chance) / (max_fpr - chance)))


class Ranking:
    """Clips with labels of both kinds and finite scores, sorted from the most to the least anomalous."""

    def __init__(self, labels: ArrayLike, scores: ArrayLike) -> None:
        bits = checked_labels(labels)
        values = _checked_scores(scores, len(bits))
        if bits.all() or not bits.any():
            only = "anomalous" if bits.any() else "normal"
            raise ParameterError(
                f"An area under the ROC curve needs normal and anomalous clips: all {len(bits)} are {only}."
            )
        self.labels = bits
        self._order = np.argsort(-values, kind="stable")
        self._label = bits[self._order].astype(np.float64)
        ranked = values[self._order]
        self._starts = np.concatenate([[0], np.flatnonzero(ranked[1:] != ranked[:-1]) + 1])
        self.thresholds: Floats = ranked[self._starts]

    def __len__(self) -> int:
        return len(self._order)

    def counts(self, weights: ArrayLike | None = None) -> tuple[Floats, Floats]:
        """Return the weight of normal and of anomalous clips at each threshold, thresholds descending.

        Weights, of shape (n_rows, n_clips), say how often each clip counts; by default once, in a single row.
        """
        ranked = np.ones((1, len(self))) if weights is None else np.asarray(weights, dtype=np.float64)[:, self._order]
        anomalous = ranked * self._label
        normal = ranked - anomalous
        if len(self._starts) < len(self):
            normal = np.add.reduceat(normal, self._starts, axis=1)
            anomalous = np.add.reduceat(anomalous, self._starts, axis=1)
        return normal, anomalous

    def areas(self, weights: ArrayLike | None = None, *, max_fpr: float = 0.1) -> Areas:
        """Return AUC and standardised partial AUC for each row of weights, which must keep clips of both labels."""
        normal, anomalous = self.counts(weights)
        hits = np.cumsum(anomalous, axis=1)
        alarms = np.cumsum(normal, axis=1)
        n_normal, pairs = alarms[:, -1], alarms[:, -1] * hits[:, -1]
        before = hits - anomalous
        auc = np.einsum("ij,ij->i", normal, before + 0.5 * anomalous) / pairs
        if max_fpr == 1:
            return Areas(auc, auc.copy())
        # the part of each segment's width that lies left of the limit; a vertical segment has none
        limit = (max_fpr * n_normal)[:, None]
        width = np.clip(limit - (alarms - normal), 0, normal)
        height = before + 0.5 * anomalous * (width / np.maximum(normal, np.finfo(float).tiny))
        partial = np.einsum("ij,ij->i", width, height) / pairs
        return Areas(auc, standardised(partial, max_fpr))


def _checked_scores(scores: ArrayLike, n_clips: int) -> Floats:
    try:
        values = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"'scores' must be an array of numbers, one per clip: {error}.") from error
    if values.shape != (n_clips,):
        raise ParameterError(
            f"'scores' must have one entry for each label, shape ({n_clips},). Got shape {values.shape} instead."
        )
    bad = [index for index, value in enumerate(values.tolist()) if not math.isfinite(value)]
    if bad:
        raise ParameterError(
            f"'scores' must be finite: {len(bad)} of {n_clips} are NaN or infinite, the first is entry {bad[0]}."
        )
    return values
