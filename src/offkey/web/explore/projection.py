"""Clips as points of a plane: principal components always, UMAP where it is installed."""

from __future__ import annotations

import importlib
import importlib.util
import threading

import numpy as np
from numpy.typing import NDArray

from offkey.web.explore.cache import Cache
from offkey.web.explore.space import Space

__all__ = ["Umap", "has_umap", "pca_points"]

_LEAST_CLIPS = 10


def pca_points(space: Space) -> NDArray[np.float32]:
    """Return the first two principal components of each measured clip, shape (n, 2)."""
    points = np.zeros((len(space.rows), 2), np.float32)
    points[:, : space.points.shape[1]] = space.points[:, :2]
    return points


def has_umap() -> bool:
    """Tell whether the package umap-learn is installed."""
    return importlib.util.find_spec("umap") is not None


class Umap:
    """A map by UMAP (McInnes, Healy and Melville, arXiv:1802.03426, 2018), made in the background and kept."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._thread: threading.Thread | None = None
        self.problem: str | None = None

    @property
    def running(self) -> bool:
        """Whether a map is being computed."""
        return self._thread is not None and self._thread.is_alive()

    def points(self, space: Space) -> NDArray[np.float32] | None:
        """Return the map of a space, shape (n, 2), None if it was not made yet."""
        content = self._cache.read_json("umap")
        if content is None or content["space"] != _key(space):
            return None
        return np.array(content["points"], np.float32)

    def start(self, space: Space) -> None:
        """Make the map of a space, unless that is under way."""
        if self.running:
            return
        self.problem = None
        if len(space.rows) < _LEAST_CLIPS:
            self.problem = f"UMAP needs at least {_LEAST_CLIPS} measured clips; found {len(space.rows)}."
            return
        self._thread = threading.Thread(target=self._make, args=(space,), name="offkey-umap", daemon=True)
        self._thread.start()

    def _make(self, space: Space) -> None:
        import warnings

        try:
            umap = importlib.import_module("umap")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of numba and scikit-learn, about umap-learn itself
                reducer = umap.UMAP(n_components=2, n_neighbors=min(15, len(space.rows) - 1), random_state=0, n_jobs=1)
                made = reducer.fit_transform(space.points)
            points = [[round(float(x), 3), round(float(y), 3)] for x, y in made]
            self._cache.write_json("umap", {"space": _key(space), "points": points})
        except Exception as error:  # another package's faults must not end the thread without a word
            self.problem = f"UMAP failed: {error}."


def _key(space: Space) -> str:
    import hashlib

    return hashlib.blake2b(space.rows.tobytes() + space.points.tobytes(), digest_size=12).hexdigest()
