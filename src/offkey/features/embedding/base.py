"""The base of all embeddings: resampling before the network, pooling after it, loading when first needed."""

from __future__ import annotations

import math
import os
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError
from offkey.features.base import FrontEnd, Samples, Vector
from offkey.features.embedding.frame_pooling import pool_frames

__all__ = ["FOLDER_VARIABLE", "Embedding", "Network", "find_local", "output_of_noise"]

FOLDER_VARIABLE = "OFFKEY_MODELS"
"""Environment variable: a folder where networks are looked for that are not where their name says."""


class Network(Protocol):
    """A loaded network, safe to be asked by several threads at once."""

    @property
    def rate(self) -> int:
        """Sampling rate in Hz that it expects."""
        ...

    @property
    def min_samples(self) -> int:
        """The fewest samples at that rate that give an output."""
        ...

    def __call__(self, samples: Samples) -> NDArray[np.float32]:
        """Return its output for one clip, shape (n_dims, n_bands, n_frames)."""
        ...


class Embedding(FrontEnd):
    """Base of front ends that ask a pretrained network and pool what it says over time.

    Pooling is that of `offkey.features.embedding.frame_pooling.pool_frames`: the mean (1.0), generalised weighted
    ranking, the maximum (0.0), relative deviation, powers, with deviation and change on request. Bands of an output
    that has such are averaged, or each pooled by itself (`keep_bands`), so that a fault in one band is not averaged
    away.
    """

    pooling: Sequence[float | str] | None
    deviation: bool | None
    change: bool | None
    keep_bands: bool | None

    heavy = True
    _loading: ClassVar[Lock] = Lock()
    _network: Network | None = None

    @abstractmethod
    def _load(self) -> Network:
        """Load the network, and learn what a model file is to hold of it."""

    def network(self) -> Network:
        """Return the network, loaded once; what is wrong with it is an `OffkeyError` of one sentence."""
        if self._network is None:
            with self._loading:
                if self._network is None:
                    self._network = self._load()
        return self._network

    def pooled_by(self) -> dict[str, Any]:
        """Return pooling, deviation, change and keep_bands, as they are in effect; the network is loaded."""
        return {name: getattr(self, name) for name in ("pooling", "deviation", "change", "keep_bands")}

    def keeps_bands(self) -> bool:
        """Tell whether bands are pooled apart, without loading the network."""
        return bool(self.keep_bands)

    def detector_params(self) -> dict[str, Any]:
        """Return how many frequency patches there are, where they are kept; see `FrontEnd.detector_params`.

        The network is loaded only then. Each embedding dimension has its patches side by side in the vector.
        """
        if not self.keeps_bands():
            return {}
        n_patches = output_of_noise(self.network()).shape[1]
        return {"frequency_patches": n_patches} if n_patches > 1 else {}

    def min_samples(self, rate: int) -> int:
        """Return the fewest samples at `rate` that give the network one frame."""
        network = self.network()
        return math.ceil(network.min_samples * rate / network.rate) + (rate != network.rate)

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the pooled embedding of one clip, shape (n_blocks * n_dims,) or with bands; see `FrontEnd.vector`."""
        network = self.network()
        output = network(_resampled(samples, rate, network))
        if output.shape[-1] == 0 or not np.isfinite(output).all():
            what = "no frames" if output.shape[-1] == 0 else "numbers that are not finite"
            raise AudioError(f"The network of the front end '{self.name}' gives {what} for {len(samples)} samples.")
        how = self.pooled_by()
        frames = output.reshape(-1, output.shape[-1]) if how["keep_bands"] else output.mean(axis=1)
        return pool_frames(frames, how["pooling"], deviation=how["deviation"], change=how["change"]).reshape(-1)

    def state(self) -> dict[str, Any]:
        """Return all that restores it, loading the network if that was not done yet; see `Component.state`."""
        if not super().state()["learnt"]:
            self.network()
        return super().state()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the loaded network behind: it cannot go to another process, which loads its own."""
        return {name: value for name, value in vars(self).items() if name != "_network"}


def output_of_noise(network: Network) -> NDArray[np.float32]:
    """Return the output for the shortest noise, shape (n_dims, n_bands, n_frames)."""
    return network(np.random.default_rng(0).normal(0, 0.01, network.min_samples).astype(np.float32))


def find_local(name: str) -> Path | None:
    """Return where a file or folder lies: as named, else by its last part in the folder of `FOLDER_VARIABLE`."""
    places = [Path(name).expanduser()]
    if os.environ.get(FOLDER_VARIABLE):
        places.append(Path(os.environ[FOLDER_VARIABLE]).expanduser() / Path(name).name)
    return next((place for place in places if place.exists()), None)


def _resampled(samples: Samples, rate: int, network: Network) -> Samples:
    """Return samples at the network's rate, at least as many as it needs."""
    if rate != network.rate:
        import soxr

        samples = np.asarray(soxr.resample(samples, rate, network.rate, quality="HQ"), np.float32)
    missing = network.min_samples - len(samples)  # a sample or two, by rounding
    return np.pad(samples, (0, missing)) if missing > 0 else samples
