"""The 34-layer residual network on log-mel images: trained by torch, scored by numpy."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Kind, Number
from offkey.components.rules import Text
from offkey.features import FrontEnd
from offkey.learned.identify.classifiers import Classifier, Examples, Floats
from offkey.learned.identify.image import LogMelImage
from offkey.learned.identify.resnet_layers import resnet34_layers
from offkey.learned.identify.weights import starting_weights
from offkey.learned.network import FEATURES, OUTPUT, KeptNetwork, Network
from offkey.learned.training.history import History
from offkey.learned.training.options import RULES, TrainingOptions

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["ResNet34"]

_TRAINING = ("epochs", "batch_size", "learning_rate", "optimiser", "weight_decay", "schedule", "clip_gradient")


class ResNet34(Classifier):
    """The 34-layer residual network (He et al., CVPR 2016), from random weights unless some are given.

    Parameters
    ----------
    n_mels, n_columns : int, default 64 and 155
        Size of the image: mel bands, and columns of 64 ms.
    normalisation : {"clip-level", "none"}, default "clip-level"
        Whether a clip's level counts.
    width : int, default 64
        Channels of the first stage; the last has eight times as many.
    weights : str, optional
        File of a trained network to start from, ``.npz`` or ``.safetensors`` with torchvision's names.
    epochs, batch_size, learning_rate, optimiser, weight_decay, schedule, clip_gradient, seed, mixed_precision
        As in `offkey.learned.training.TrainingOptions`; by default 5 epochs of batches of 32, AdamW at 1e-3 on a
        cosine schedule, without weight decay and without clipping.
    """

    name = "resnet34"
    scoring_needs = "numpy"
    learnt: ClassVar = {"mean_": Number(), "scale_": Number(positive=True), "network_": Kind(dict)}
    rules: ClassVar = {
        **LogMelImage.rules,
        "width": Interval(int, 4, 256),
        "weights": Text(or_none=True),
        **{name: RULES[name] for name in (*_TRAINING, "seed", "mixed_precision")},
    }

    def __init__(
        self,
        *,
        n_mels: int = 64,
        n_columns: int = 155,
        normalisation: str = "clip-level",
        width: int = 64,
        weights: str | None = None,
        epochs: int = 5,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        optimiser: str = "adamw",
        weight_decay: float = 0.0,
        schedule: str = "cosine",
        clip_gradient: float | None = None,
        seed: int = 0,
        mixed_precision: bool = True,
    ) -> None:
        self.n_mels = n_mels
        self.n_columns = n_columns
        self.normalisation = normalisation
        self.width = width
        self.weights = weights
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimiser = optimiser
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.clip_gradient = clip_gradient
        self.seed = seed
        self.mixed_precision = mixed_precision

    def front_end(self) -> FrontEnd:
        """Return what makes images."""
        return LogMelImage(n_mels=self.n_mels, n_columns=self.n_columns, normalisation=self.normalisation)

    def fit(self, train: Examples, held_out: Examples) -> None:
        """Train; see `Classifier.fit`. A MissingExtraError says that torch is not installed."""
        from offkey.learned.network.torch_module import to_network
        from offkey.learned.training import ArrayBatches
        from offkey.learned.training import train as train_module

        self.mean_, self.scale_ = float(train.X.mean()), float(train.X.std()) or 1.0
        layers = resnet34_layers(int(train.y.max()) + 1, self.width)
        module = self._module(layers)
        sides = [(self._images(side.X), side.y.astype(np.int64)) for side in (train, held_out)]
        history = train_module(
            module,
            ArrayBatches(sides[0], self.batch_size, seed=self.seed),
            _loss,
            options=self._options(),
            held_out=ArrayBatches(sides[1], self.batch_size, shuffle=False),
            signature=self._signature(sides),
            title=self.name,
        )
        self.network_ = to_network(layers, module, self._shape).state()
        self.history_ = vars(history)

    def embed(self, X: NDArray[np.float32]) -> Floats:
        """Return the features before the last layer, shape (n, 8 * width)."""
        return self._network()(self._images(X), batch=8, tensor=FEATURES).astype(np.float64)

    def logits(self, embedding: Floats) -> Floats:
        """Return the last layer's output; see `Classifier.logits`."""
        weight, bias = self._network().weights_of(OUTPUT)
        logits: Floats = embedding @ weight.T + bias
        return logits

    def check_learnt(self) -> None:
        """Check the network as well; see `Component.check_learnt`."""
        super().check_learnt()
        self._network()

    def picture(self) -> bytes:
        """Return the learning curve as a PNG image."""
        from offkey.learned.curve import draw_learning_curve

        return draw_learning_curve(History(**self.history_), "resnet34, cross-entropy")

    def _module(self, layers: list[dict[str, Any]]) -> nn.Sequential:
        """Return the network to train, with random weights by the seed, or those of the file."""
        from offkey.learned.network.torch_module import build
        from offkey.learned.torch_extra import torch
        from offkey.learned.training import seeded

        library = torch("Training the classifier 'resnet34'")
        with seeded(self.seed):
            module = build(layers)
        if self.weights is not None:
            own = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items() if tensor.ndim}
            trained = starting_weights(Path(self.weights), own)
            module.load_state_dict({name: library.from_numpy(array) for name, array in trained.items()}, strict=False)
        return module

    def _options(self) -> TrainingOptions:
        options: dict[str, Any] = {name: getattr(self, name) for name in _TRAINING}
        options |= {"seed": self.seed, "mixed_precision": self.mixed_precision}
        return TrainingOptions(**options, keep="last")

    def _images(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        images = (X - np.float32(self.mean_)) / np.float32(self.scale_)
        return images.reshape(len(X), *self._shape)

    @property
    def _shape(self) -> tuple[int, int, int]:
        """The shape of an image, with its one channel."""
        return 1, self.n_mels, self.n_columns

    def _network(self) -> Network:
        kept: KeptNetwork = vars(self).setdefault("_kept", KeptNetwork())
        return kept.of(self.network_, lambda: self._shape)

    def _signature(self, sides: list[tuple[NDArray[np.float32], NDArray[np.int64]]]) -> str:
        digest = hashlib.sha256(repr(sorted(self.params().items())).encode())
        for images, types in sides:
            digest.update(images.tobytes())
            digest.update(types.tobytes())
        return digest.hexdigest()


def _loss(module: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    from torch.nn.functional import cross_entropy

    images, types = batch
    return cross_entropy(module(images), types)
