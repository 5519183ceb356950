"""The base of all classifiers of machine types, and all of them by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Component, Registry
from offkey.features import FrontEnd

__all__ = ["Classifier", "Examples", "create", "find", "names", "restore"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Examples:
    """Features of clips, shape (n, n_features), and the numbers of their types."""

    X: NDArray[np.float32]
    y: NDArray[np.intp]

    def only(self, rows: NDArray[Any]) -> Examples:
        """Return some of them."""
        return Examples(self.X[rows], self.y[rows])


class Classifier(Component, ABC):
    """Base of the classifiers of machine types; `scoring_needs` names what scoring needs, for people who choose."""

    scoring_needs: ClassVar[str]

    @abstractmethod
    def front_end(self) -> FrontEnd:
        """Return what turns sound into the features that this classifier takes."""

    @abstractmethod
    def fit(self, train: Examples, held_out: Examples) -> None:
        """Learn; the held-out clips are watched, never learnt or chosen from."""

    @abstractmethod
    def embed(self, X: NDArray[np.float32]) -> Floats:
        """Return what the last layer sees, shape (n, n_embedding)."""

    @abstractmethod
    def logits(self, embedding: Floats) -> Floats:
        """Return the last layer's output, shape (n, n_types)."""

    def picture(self) -> bytes | None:
        """Return the learning curve as a PNG image, None where there are no epochs."""
        return None


_REGISTRY: Registry[Classifier] = Registry(
    "classifier",
    Classifier,  # type: ignore[type-abstract]
    "offkey.classifiers",
    {
        "linear": "offkey.learned.identify.linear:Linear",
        "resnet34": "offkey.learned.identify.resnet34:ResNet34",
    },
)

names, find, create, restore = _REGISTRY.names, _REGISTRY.find, _REGISTRY.create, _REGISTRY.restore
