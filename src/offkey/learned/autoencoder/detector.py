"""Autoencoder: how badly a network that learnt to reconstruct normal sound reconstructs a clip."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.components import Interval, Kind, Number, Numbers, OneOf, SequenceOf
from offkey.detectors.base import Beside, Contributions, Detector, Floats
from offkey.detectors.folds import fold_numbers
from offkey.errors import ParameterError
from offkey.learned.autoencoder.fitting import fit_network
from offkey.learned.autoencoder.forms import FORMS, autoencoder_layers
from offkey.learned.autoencoder.inputs import Scaling, Windows
from offkey.learned.autoencoder.residuals import divided_mahalanobis, domain_whiteners, selective_mahalanobis
from offkey.learned.network import KeptNetwork, Network
from offkey.learned.training.options import RULES, TrainingOptions

__all__ = ["Autoencoder"]

_MOST_VALUES = 2**27  # of all inputs of a clip
_HOLD_OUT = 10
"""One clip in this many is held out to decide when to stop; with fewer than twice as many clips none is."""

Array = NDArray[np.float32]


class Autoencoder(Detector):
    """Reconstruction error of a network that learnt normal sound; training needs torch, scoring does not.

    With the front end ``frames``, an input is a few frames in time order and a clip's score is the mean error over all
    of them: the baseline of the DCASE Challenge 2020 to 2026 (Y. Koizumi et al., "Description and discussion on
    DCASE2020 Challenge Task 2", DCASE Workshop 2020). With any other front end the whole vector is one input. Each band
    is scaled to mean 0 and variance 1 over the training clips. A tenth of the clips is held out: training stops when
    the error on them no longer falls. For calibration, each clip is scored by one of `folds` further networks that has
    not learnt from it.

    Parameters
    ----------
    frame_size : int, optional
        Number of values of one frame; set by the front end ``frames``. By default, and if there are fewer frames than
        `context`, the whole vector is one input.
    context : int, default 5
        Number of frames in an input.
    form : {"dense", "convolutional"}, default "dense"
        Fully connected layers, or 3 x 3 filters over time and frequency, which work better with a longer context, such
        as 32.
    widths : sequence of int, optional
        Width of each layer up to the bottleneck, mirrored after it; by default four of 128 (dense), or 16, 32 and 64
        filters (convolutional).
    bottleneck : int, default 8
        Width of the bottleneck.
    distance : {"mse", "mahalanobis"}, default "mse"
        Mean squared error, or the selective Mahalanobis distance of the residuals by domain (N. Harada et al.,
        EUSIPCO 2023, arXiv 2303.00455).
    epochs : int, default 30
        Largest number of epochs; each uses inputs that do not overlap, `context` frames apart.
    patience : int, default 5
        Number of epochs without a lower error on the held-out clips before training stops; None to run all `epochs`.
    batch_size : int, default 256
        Number of inputs in a batch.
    learning_rate : float, default 0.001
        Step size of Adam.
    folds : int, default 3
        Number of networks that score the training clips for calibration.
    seed : int, default 0
        Seed of the initial weights, the order of inputs and the held-out clips.
    """

    name = "autoencoder"
    assumes = "a few numbers describe a normal sound at any moment; a fault needs others"
    cost = "fit: n d an epoch; score: d (training needs the extra `torch`)"
    dtype = np.float32
    knows_domains = True
    learnt: ClassVar = {
        "mean_": Numbers("frame"),
        "scale_": Numbers("frame", positive=True),
        "network_": Kind(dict),
        "epochs_": Number(optional=True),
        "whiteners_": Numbers("domains frame frame", optional=True),
    }
    rules: ClassVar = {
        "frame_size": Interval(int, 1, or_none=True),
        "context": Interval(int, 1),
        "form": OneOf(tuple(FORMS)),
        "widths": SequenceOf(Interval(int, 1), or_none=True),
        "bottleneck": Interval(int, 1),
        "distance": OneOf(("mse", "mahalanobis")),
        "folds": Interval(int, 2),
        **{name: RULES[name] for name in ("epochs", "patience", "batch_size", "learning_rate", "seed")},
    }

    def __init__(
        self,
        *,
        frame_size: int | None = None,
        context: int = 5,
        form: str = "dense",
        widths: Sequence[int] | None = None,
        bottleneck: int = 8,
        distance: str = "mse",
        epochs: int = 30,
        patience: int | None = 5,
        batch_size: int = 256,
        learning_rate: float = 1e-3,
        folds: int = 3,
        seed: int = 0,
    ) -> None:
        self.frame_size = frame_size
        self.context = context
        self.form = form
        self.widths = widths
        self.bottleneck = bottleneck
        self.distance = distance
        self.epochs = epochs
        self.patience = patience
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.folds = folds
        self.seed = seed

    def fit_scored(
        self,
        X: ArrayLike,
        *,
        domains: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        folds: int | None = None,
        seed: int = 0,
        beside: Beside | None = None,
    ) -> Floats:
        """Fit, and score each training clip by a network that did not see it; see `Detector.fit_scored`.

        There are no more folds than the parameter `folds`, for each is a training. It takes as many
        steps as the one on all clips took to where its error was lowest. No two networks reconstruct equally well:
        the scores of each fold are brought to the level of the network that is kept by the clips that neither
        of the two has learnt from.
        """
        array, names = self._accept(X, domains)
        together = np.arange(len(array)) if groups is None else np.asarray(groups)
        held_out = self._learn(array, names, together)
        fold = fold_numbers(
            len(array), min(self._folds(len(array), folds), self.folds), seed=seed, domains=names, groups=together
        )
        versions, of = self._beside(beside)
        scores, fold_beside = np.empty(len(array) + len(versions)), fold[of]
        for number in range(int(fold.max()) + 1):
            out = fold == number
            others = int((~out).sum())
            if others < self.min_clips:
                raise ParameterError(
                    f"'{self.name}' has too few clips to cross-validate: {len(array)} in {fold.max() + 1} folds."
                )
            copy = type(self)(**self.params())
            epochs = max(1, round(self.epochs_ * (~held_out).sum() / others))
            in_domains = None if names is None else names[~out]
            copy._train(array[~out], in_domains, np.zeros(others, np.bool_), epochs, f"fold {number + 1}")
            out_all = np.concatenate([out, fold_beside == number])
            scores[out_all] = copy._score(np.concatenate([array, versions])[out_all])
            if (common := out & held_out).any() and (level := scores[: len(array)][common].mean()) > 0:
                scores[out_all] *= self._score(array[common]).mean() / level
        return scores

    def network(self) -> Network:
        """Return the network, which takes inputs of shape (n, context * frame_size)."""
        kept: KeptNetwork = vars(self).setdefault("_kept", KeptNetwork())
        return kept.of(self.network_, lambda: [math.prod(self._shape(self.n_features_))])

    def check_learnt(self) -> None:
        """Check as well that a clip becomes no more inputs than memory holds; see `Component.check_learnt`."""
        super().check_learnt()
        size, context = self._shape(self.n_features_)
        if len(self.mean_) != size or self.n_features_ * context > _MOST_VALUES:
            raise ParameterError(
                f"What '{self.name}' has learnt is damaged: 'mean_' must be of a frame, {size} values."
            )
        self.network()

    def _fit(self, X: Floats, domains: NDArray[Any] | None) -> None:
        self._learn(X, domains, np.arange(len(X)))

    def _learn(self, X: Floats, domains: NDArray[Any] | None, groups: NDArray[Any]) -> NDArray[np.bool_]:
        """Train on nine tenths of the clips, for as long as the error on the others falls; return which these are."""
        fold = fold_numbers(len(X), _HOLD_OUT, seed=self.seed, domains=domains, groups=groups)
        held_out: NDArray[np.bool_] = (fold == 0) & bool(fold.max() > 0 and len(X) >= 2 * _HOLD_OUT)
        self._train(X, domains, held_out, self.epochs, "all clips")
        return held_out

    def _train(
        self, X: Floats, domains: NDArray[Any] | None, held_out: NDArray[np.bool_], epochs: int, title: str
    ) -> None:
        size, context = self._shape(X.shape[1])
        scaling = Scaling.fit(X, size)
        self.mean_, self.scale_ = scaling.mean, scaling.scale
        network, history = fit_network(
            autoencoder_layers(self.form, (context, size), self.widths or FORMS[self.form], self.bottleneck),
            X,
            context=context,
            scaling=scaling,
            held_out=held_out,
            options=TrainingOptions(
                epochs, self.batch_size, self.learning_rate, patience=self.patience, seed=self.seed
            ),
            title=f"Autoencoder, {title}",
        )
        self.network_ = network.state()
        self.epochs_ = history.best_epoch + 1
        if self.distance == "mahalanobis":
            residuals = (clip.reshape(-1, size) for clip in self._residuals(X))
            self.whiteners_ = domain_whiteners(residuals, np.zeros(len(X)) if domains is None else domains)

    def _score(self, X: Floats) -> Floats:
        if self.distance == "mse":
            errors = (np.square(clip).mean(dtype=np.float64) for clip in self._residuals(X))
        else:
            errors = (selective_mahalanobis(clip, self.whiteners_) for clip in self._residuals(X))
        return np.fromiter(errors, np.float64, len(X))

    def _contributions(self, x: Floats) -> Contributions:
        """Divide the mean over inputs by what is left of each value, which stands in up to `context` inputs."""
        residuals, remainder = next(self._residuals(x[None])), 0.0
        if self.distance == "mse":
            parts = np.square(residuals).astype(np.float64) / residuals.size
        else:
            parts = divided_mahalanobis(residuals, self.whiteners_)
            remainder = selective_mahalanobis(residuals, self.whiteners_) - float(
                parts.sum()
            )  # of its single precision
        n_inputs, context, size = residuals.shape
        values = np.zeros((n_inputs + context - 1, size))
        for place in range(context):
            values[place : place + n_inputs] += parts[:, place]
        return Contributions(values.reshape(-1), remainder)

    def _residuals(self, X: Floats) -> Iterator[Array]:
        """Yield the residuals of each clip's inputs, shape (n_inputs, context, frame_size).

        Each clip goes through the network by itself, so that its score does not depend on the clips beside it.
        """
        size, context = self._shape(X.shape[1])
        windows = Windows(X, context, Scaling(self.mean_, self.scale_))
        network = self.network()
        for number in range(len(X)):
            inputs = windows.of_clip(number)
            yield (network(inputs, batch=512) - inputs).reshape(len(inputs), context, size)

    def _shape(self, n_features: int) -> tuple[int, int]:
        """Return the length of a frame and how many make an input."""
        if self.frame_size is None or n_features % self.frame_size or n_features < self.context * self.frame_size:
            return n_features, 1
        return self.frame_size, self.context
