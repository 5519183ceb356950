"""Classes for clips of which nothing is known: clusters of how they sound."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from offkey.errors import check_installed

__all__ = ["pseudo_labels"]

_AXES = 16  # principal axes that are clustered
_APART = 0.15  # mean silhouette from which clusters count as real


def pseudo_labels(statistics: NDArray[np.float32], *, fewest: int, most: int, seed: int = 0) -> NDArray[np.intp]:
    """Cluster clips by k-means with the best separated number of clusters; return numbers, the largest cluster first.

    Features are standardised and projected on their first principal axes. The number of clusters with the highest mean
    silhouette wins (Rousseeuw 1987); no label is looked at. Where even that is not clearly above the silhouette of a
    cloud without clusters, there is one cluster, if `fewest` allows it. There are at most n / 2 clusters.
    """
    n = len(statistics)
    most = min(most, n // 2)
    if most < 2:  # also where there are no clips
        return np.zeros(n, np.intp)
    axes = _principal_axes(statistics)
    best, best_silhouette = np.zeros(n, np.intp), _APART if fewest < 2 else -np.inf
    check_installed("sklearn", "Finding kinds of operation among clips", "sklearn")
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    for k in range(max(fewest, 2), most + 1):
        with warnings.catch_warnings(action="ignore"):  # fewer distinct clips than clusters
            labels = KMeans(k, n_init=4, random_state=seed).fit_predict(axes)
        if len(set(labels.tolist())) < 2:
            break
        silhouette = float(silhouette_score(axes, labels, sample_size=min(n, 2000), random_state=seed))
        if silhouette > best_silhouette:
            best, best_silhouette = labels.astype(np.intp), silhouette
    order = np.argsort(np.argsort(-np.bincount(best), kind="stable"))
    ordered: NDArray[np.intp] = order[best]
    return ordered


def _principal_axes(statistics: NDArray[np.float32]) -> NDArray[np.float64]:
    centred = statistics - statistics.mean(axis=0, dtype=np.float64)
    centred /= np.maximum(centred.std(axis=0), 1e-6)
    rotated, lengths, _ = np.linalg.svd(centred, full_matrices=False)
    axes: NDArray[np.float64] = rotated[:, :_AXES] * lengths[:_AXES]
    return axes
