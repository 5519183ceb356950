"""Multinomial logistic regression on pooled log-mel levels: no torch, fitted in seconds."""

from __future__ import annotations

import warnings
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, Numbers, OneOf
from offkey.errors import check_installed
from offkey.features import FrontEnd, create
from offkey.features.normalisation import Standardiser
from offkey.learned.identify.classifiers import Classifier, Examples, Floats

__all__ = ["Linear"]


class Linear(Classifier):
    """Multinomial logistic regression with an L2 penalty, on standardised features of the front end ``logmel``.

    Parameters
    ----------
    C : float, default 1
        Inverse strength of the penalty, as in scikit-learn.
    n_mels : int, default 128
        Number of mel bands.
    normalisation : {"clip-level", "none"}, default "clip-level"
        Whether a clip's level counts: how near a microphone stands says nothing about the type.
    low_hz : float, default 20
        Where the lowest band starts, in Hz: an offset of the electronics says nothing about the type either.
    """

    name = "linear"
    scoring_needs = "numpy"
    learnt: ClassVar = {
        "mean_": Numbers("features"),
        "scale_": Numbers("features", positive=True),
        "weights_": Numbers("types features"),
        "bias_": Numbers("types"),
    }
    rules: ClassVar = {
        "C": Interval(float, 0, open_low=True),
        "n_mels": Interval(int, 8, 1024),
        "normalisation": OneOf(("clip-level", "none")),
        "low_hz": Interval(float, 0, 300),
    }
    earlier: ClassVar = {"low_hz": 0.0}

    def __init__(
        self, *, C: float = 1.0, n_mels: int = 128, normalisation: str = "clip-level", low_hz: float = 20.0
    ) -> None:
        self.C = C
        self.n_mels = n_mels
        self.normalisation = normalisation
        self.low_hz = low_hz

    def front_end(self) -> FrontEnd:
        """Return the front end ``logmel``, whose weights belong to ranks, as in files of every version."""
        return create(
            "logmel",
            n_mels=self.n_mels,
            normalisation=self.normalisation,
            clip_s=None,
            low_hz=self.low_hz,
            high_share=1.0,
        )

    def fit(self, train: Examples, held_out: Examples) -> None:
        """Learn; see `Classifier.fit`."""
        check_installed("experiments", "The classifier 'linear'", "sklearn")
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression

        standardise = Standardiser.fit(train.X)
        self.mean_, self.scale_ = standardise.mean, standardise.scale
        with warnings.catch_warnings():  # under a weak penalty the last steps change little
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = LogisticRegression(C=self.C, max_iter=2000).fit(standardise(train.X), train.y)
        weights, bias = np.asarray(fitted.coef_), np.asarray(fitted.intercept_)
        if len(weights) == 1:  # two types: scikit-learn keeps the difference of their logits alone
            weights, bias = np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
        self.weights_, self.bias_ = weights, bias

    def embed(self, X: NDArray[np.float32]) -> Floats:
        """Return the standardised features."""
        return Standardiser(self.mean_, self.scale_)(X)

    def logits(self, embedding: Floats) -> Floats:
        """Return the logits; see `Classifier.logits`."""
        logits: Floats = embedding @ self.weights_.T + self.bias_
        return logits
