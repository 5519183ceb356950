"""A classifier with calibrated probabilities and a test for novelty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.learned.identify.classifiers import Classifier, Examples, Floats, restore
from offkey.learned.identify.novelty import Novelty
from offkey.learned.identify.temperature import fit_temperature, mean_log_loss, probabilities

__all__ = ["Judged", "TypeModel"]


@dataclass(frozen=True)
class Judged:
    """Predictions for n clips."""

    probabilities: Floats  # (n, n_types), calibrated
    p_values: Floats  # (n,), of the distance from the likeliest type's training clips
    unknown: NDArray[np.bool_]  # (n,)

    @property
    def likeliest(self) -> NDArray[np.intp]:
        """The likeliest type of each clip, by number, shape (n,)."""
        likeliest: NDArray[np.intp] = self.probabilities.argmax(axis=1)
        return likeliest


@dataclass(frozen=True)
class TypeModel:
    """A fitted classifier with its calibration and its test for unknown types."""

    classifier: Classifier
    temperature: float
    novelty: Novelty
    unknown_rate: float
    least_probability: float

    @classmethod
    def fit(
        cls,
        classifier: Classifier,
        train: Examples,
        held_out: Examples,
        *,
        unknown_rate: float,
        least_probability: float,
        say: Callable[[str], None] = lambda sentence: None,
    ) -> TypeModel:
        """Fit a classifier on training clips, and all else on held-out clips of the same types."""
        classifier.fit(train, held_out)
        say(f"Calibrating probabilities, and the test for unknown types, on {len(held_out.y)} held-out clips.")
        embedding = classifier.embed(held_out.X)
        temperature = fit_temperature(classifier.logits(embedding), held_out.y)
        novelty = Novelty.fit(classifier.embed(train.X), train.y, embedding, held_out.y)
        return cls(classifier, temperature, novelty, unknown_rate, least_probability)

    def judge(self, X: NDArray[np.float32]) -> Judged:
        """Judge clips by their features, shape (n, n_features)."""
        embedding = self.classifier.embed(X)
        shares = probabilities(self.classifier.logits(embedding), self.temperature)
        p_values, far = self.novelty.judge(embedding, shares.argmax(axis=1), self.unknown_rate)
        return Judged(shares, p_values, far | (shares.max(axis=1) < self.least_probability))

    def log_losses(self, clips: Examples) -> tuple[float, float]:
        """Return the mean log loss of clips without and with the temperature."""
        logits = self.classifier.logits(self.classifier.embed(clips.X))
        return mean_log_loss(logits, clips.y, 1.0), mean_log_loss(logits, clips.y, self.temperature)

    def state(self) -> dict[str, Any]:
        """Return it as nested arrays and JSON values."""
        return {
            "classifier": self.classifier.state(),
            "temperature": self.temperature,
            "novelty": self.novelty.state(),
            "unknown_rate": self.unknown_rate,
            "least_probability": self.least_probability,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TypeModel:
        """Return what `state` describes."""
        return cls(
            restore(state["classifier"]),
            float(state["temperature"]),
            Novelty.from_state(state["novelty"]),
            float(state["unknown_rate"]),
            float(state["least_probability"]),
        )
