"""The front end: a clip's embedding by networks trained to classify machines and their states."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Kind, Numbers, OneOf, SequenceOf, Text
from offkey.errors import NotFittedError, ParameterError
from offkey.features.base import FrontEnd, Samples, Vector
from offkey.features.learning import Stage, TrainingClip
from offkey.learned.discriminative.inputs import Inputs
from offkey.learned.discriminative.settings import Settings
from offkey.learned.network import Network
from offkey.learned.training.options import RULES

__all__ = ["Discriminative"]

_SHARE = Interval(float, 0, 1)


class Discriminative(FrontEnd):
    """Embedding of a clip by small networks trained to classify normal clips; see `offkey.learned.discriminative`.

    The networks learn to classify machine, section or id, and attributes of a clip, or its cluster by sound if no
    attributes are known. A change in a machine's sound then changes the embedding. One network takes the magnitude
    spectrum of 10 s; one for each of `resolutions` takes a short-time spectrum. The vector joins their embeddings and
    has length 1, so that distances are those of cosines. For a clip longer than `seconds` it is the mean over pieces,
    the last of which ends with the clip; a shorter clip is repeated.

    Training needs torch, scoring does not.

    Parameters
    ----------
    network : str, optional
        File of trained networks written by ``offkey embed``. By default they are trained first: by ``offkey fit`` on
        its clips, by ``offkey benchmark`` once on all clips of the data set.
    rate : int, default 16000
        Highest sampling rate in Hz; clips of a higher rate are resampled to it, others keep theirs.
    seconds : float, default 10
        Duration of the networks' input, in seconds.
    resolutions : sequence of float, default (0.064, 0.256)
        Window lengths of the short-time spectra, in seconds.
    width : int, default 8
        Number of channels of the first layers; 16 gives networks of about the published size.
    n_dims : int, default 128
        Length of the embedding of each network.
    loss : {"adacos", "adaproj"}, default "adacos"
        Sub-cluster AdaCos or AdaProj.
    sub_clusters : int, default 16
        Number of centres of each class in AdaCos.
    subspace : int, default 32
        Dimension of the subspace of each class in AdaProj.
    trainable : bool, default True
        Whether to learn centres or subspaces; otherwise they keep their random initial values.
    mixup : float, default 0.5
        Share of the clips that are mixed with another one.
    mask : float, default 0
        Largest share of the frequencies, and of the time, of a short-time spectrum to mask.
    exchange : float, default 0
        Share of the clips whose spectrum is replaced by that of another one.
    most_clusters : int, default 16
        Largest number of clusters for clips of a machine and section without attributes; 1 keeps them one class.
    epochs : int, default 10
        Number of passes over the training clips.
    batch_size : int, default 32
        Number of clips in a batch.
    learning_rate : float, default 0.001
        Initial step size of Adam; it falls to zero along a cosine.
    seed : int, default 0
        Seed of the training.
    """

    name = "discriminative"
    heavy = True
    assumes = "what separates normal clips of several machines, sections or settings also finds faults"
    cost = "training: the networks, an epoch at a time (needs the extra `torch`); then one pass"
    argument = "network"
    learnt: ClassVar = {
        "networks_": Kind(list, optional=True),
        "weights_": Numbers("weights", optional=True),  # of earlier versions, whose layers stand in `about_`
        "about_": Kind(dict),
    }
    rules: ClassVar = {
        "network": Text(or_none=True),
        "rate": Interval(int, 1000),
        "seconds": Interval(float, 0.1, 60),
        "resolutions": SequenceOf(Interval(float, 0.004, 0.5), distinct=True),
        "width": Interval(int, 1, 64),
        "n_dims": Interval(int, 2, 1024),
        "loss": OneOf(("adacos", "adaproj")),
        "sub_clusters": Interval(int, 1, 256),
        "subspace": Interval(int, 1, 256),
        "trainable": OneOf((True, False)),
        "mixup": _SHARE,
        "mask": _SHARE,
        "exchange": _SHARE,
        "most_clusters": Interval(int, 1, 256),
        **{name: RULES[name] for name in ("epochs", "batch_size", "learning_rate", "seed")},
    }

    def __init__(
        self,
        *,
        network: str | None = None,
        rate: int = 16_000,
        seconds: float = 10.0,
        resolutions: Sequence[float] = (0.064, 0.256),
        width: int = 8,
        n_dims: int = 128,
        loss: str = "adacos",
        sub_clusters: int = 16,
        subspace: int = 32,
        trainable: bool = True,
        mixup: float = 0.5,
        mask: float = 0.0,
        exchange: float = 0.0,
        most_clusters: int = 16,
        epochs: int = 10,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        seed: int = 0,
    ) -> None:
        self.network = network
        self.rate = rate
        self.seconds = seconds
        self.resolutions = resolutions
        self.width = width
        self.n_dims = n_dims
        self.loss = loss
        self.sub_clusters = sub_clusters
        self.subspace = subspace
        self.trainable = trainable
        self.mixup = mixup
        self.mask = mask
        self.exchange = exchange
        self.most_clusters = most_clusters
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    networks_: list[dict[str, Any]] | None = None
    weights_: NDArray[np.float32] | None = None
    about_: dict[str, Any]

    _loading: ClassVar[Lock] = Lock()
    _networks: list[Network] | None = None
    _inputs: Inputs

    @property
    def learns(self) -> bool:
        """Whether it must learn before it can extract features; see `FrontEnd.learns`."""
        return self.network is None and not self._has_learnt

    def learn(
        self, clips: Sequence[TrainingClip], rate: int, *, jobs: int, folder: Path | None = None, stage: Stage
    ) -> None:
        """Train the networks; see `FrontEnd.learn`."""
        from offkey.learned.discriminative.training import train_networks

        if max(self.resolutions) > self.seconds:
            raise ParameterError(
                f"The 'resolutions' parameter of 'discriminative' must hold windows of no more than 'seconds', "
                f"{self.seconds:g}. Got {max(self.resolutions):g} instead."
            )
        inputs = Inputs(min(rate, self.rate), self.seconds, list(self.resolutions))
        settings = Settings(**{field.name: getattr(self, field.name) for field in fields(Settings)})
        resampled = [_at_rate(clip, rate, inputs.rate) for clip in clips]
        trained = train_networks(resampled, inputs, settings, folder=folder, jobs=jobs, stage=stage)
        self.networks_ = [network.state() for network in trained.networks]
        self.about_ = {
            "inputs": vars(inputs),
            "classes": trained.classes,
            "training": trained.history.to_json(),
        }
        self._networks = None

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the embedding of one clip, shape (n_branches * n_dims,), of length 1; see `FrontEnd.vector`."""
        networks = self._ready()
        inputs = self._inputs
        pieces = inputs.pieces(_resampled(samples, rate, inputs.rate), overlapping=True)
        per_network = zip(*(inputs(piece) for piece in pieces), strict=True)
        branches = [network(list(arrays)) for network, arrays in zip(networks, per_network, strict=True)]
        joined = np.concatenate(branches, axis=1)
        joined /= np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), np.float32(1e-12))
        mean = joined.mean(axis=0)
        embedding: Vector = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return embedding.astype(np.float32)

    def about(self) -> dict[str, Any]:
        """Return the digest of the networks, where there are any; see `FrontEnd.about`."""
        if self.learns:
            return {}
        self._ready()
        content = self.weights_ if self.networks_ is None else np.concatenate([one["onnx"] for one in self.networks_])
        return {"networks": hashlib.sha256(np.asarray(content).tobytes()).hexdigest()[:16]}

    def notes(self) -> list[str]:
        """Return notes on the training clips, and on frequencies that the networks ignore; see `FrontEnd.notes`."""
        if self.learns:
            return []
        self._ready()
        classes, history = self.about_["classes"], self.about_["training"]
        return [
            f"The embedding reads up to {self._inputs.rate // 2} Hz; it separates {len(classes)} classes, trained on "
            f"{sum(classes.values())} pieces of sound, in {history['seconds']:.0f} s on {history['device']}."
        ]

    def check_learnt(self) -> None:
        """Check that the networks can be made of the weights, and what they look at; see `Component.check_learnt`."""
        super().check_learnt()
        inputs = self.about_["inputs"]
        for name, value in inputs.items():
            if not self.rules[name].holds(value):
                raise ParameterError(f"What '{self.name}' has learnt is damaged: '{name}' must be {self.rules[name]}.")
        if self.networks_ is None:
            sizes = [math.prod(shape) for one in self.about_["networks"] for shape in one["shapes"].values()]
            if self.weights_ is None or sum(sizes) != self.weights_.size or min(sizes, default=0) < 0:
                raise ParameterError(f"What '{self.name}' has learnt is damaged: its networks do not fit its weights.")
        elif len(self._read()) != 1 + len(inputs["resolutions"]):
            raise ParameterError(f"What '{self.name}' has learnt is damaged: it must have a network for each input.")

    @property
    def _has_learnt(self) -> bool:
        return self.networks_ is not None or self.weights_ is not None

    def _ready(self) -> list[Network]:
        """Return the networks, read from their file where they are needed first."""
        if self._networks is None:
            with self._loading:
                if self._networks is None:
                    self._load()
        return self._networks or []

    def _load(self) -> None:
        if not self._has_learnt:
            if self.network is None:
                raise NotFittedError(
                    "The front end 'discriminative' has learnt nothing yet: train it with 'offkey embed', and name the "
                    "file with the parameter 'network'; 'offkey fit' and 'offkey benchmark' train it themselves."
                )
            self._take(self.network)
        self._inputs = Inputs(**self.about_["inputs"])
        self._networks = self._read()

    def _read(self) -> list[Network]:
        """Return the networks, also from what earlier versions kept."""
        if self.networks_ is not None:
            return [Network.from_state(state, list) for state in self.networks_]
        states = _unpacked(self.about_["networks"], np.asarray(self.weights_))
        shapes = self._inputs.shapes
        return [Network.from_state(state, partial(tuple, shape)) for state, shape in zip(states, shapes, strict=True)]

    def _take(self, path: str) -> None:
        from offkey.features.front_end_file import load_front_end

        trained = load_front_end(Path(path).expanduser())
        if not isinstance(trained, Discriminative):
            raise ParameterError(f"{path} holds a front end '{trained.name}', expected 'discriminative'.")
        vars(self).update({name: value for name, value in vars(trained).items() if name in self.learnt})

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what can be made again."""
        return {name: value for name, value in vars(self).items() if name not in ("_networks", "_inputs")}


def _unpacked(described: Sequence[dict[str, Any]], weights: NDArray[np.float32]) -> list[dict[str, Any]]:
    """Return the states of networks whose weights stand one behind the other, as in files of earlier versions."""
    states, at = [], 0
    for description in described:
        arrays = {}
        for name, shape in description["shapes"].items():
            size = math.prod(shape)
            arrays[name] = weights[at : at + size].reshape(shape)
            at += size
        states.append({"layers": description["layers"], "arrays": arrays})
    return states


def _at_rate(clip: TrainingClip, rate: int, wanted: int) -> TrainingClip:
    """Return a clip that is resampled to another rate when read."""
    return replace(clip, sounds=lambda: (_resampled(samples, rate, wanted) for samples in clip.sounds()))


def _resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    if rate == wanted:
        return samples
    import soxr

    resampled: Samples = np.asarray(soxr.resample(samples, rate, wanted, quality="HQ"), np.float32)
    return resampled
