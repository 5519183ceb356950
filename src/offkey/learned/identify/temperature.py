"""Logits to probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["fit_temperature", "mean_log_loss", "probabilities"]

Floats = NDArray[np.float64]

_LOWEST, _HIGHEST = 0.01, 100.0


def probabilities(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return the softmax of logits over a temperature, shape (n, n_types) each; rows sum to 1."""
    scaled = logits / temperature
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    normalised: Floats = raised / raised.sum(axis=1, keepdims=True)
    return normalised


def fit_temperature(logits: Floats, y: NDArray[np.intp]) -> float:
    """Return the temperature, from 0.01 to 100, under which held-out clips are most likely; above 1 calms the logits.

    Temperature scaling (C. Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2): one
    number that divides all logits, and changes no decision. If every held-out clip is right, the
    likelihood grows without end as the temperature falls to zero; so each clip counts with the target
    (n + 1) / (n + n_types) for its own type and 1 / (n + n_types) for each other one (the rule of succession, as
    J. Platt, "Probabilistic outputs for support vector machines", 1999, section 2.2, has it for two types).
    """
    from scipy.optimize import minimize_scalar

    n, n_types = logits.shape
    targets = np.full((n, n_types), 1 / (n + n_types))
    targets[np.arange(n), y] = (n + 1) / (n + n_types)

    def loss(log_temperature: float) -> float:
        return float(-(targets * _log_probabilities(logits, np.exp(log_temperature))).sum(axis=1).mean())

    minimum = minimize_scalar(loss, bounds=(np.log(_LOWEST), np.log(_HIGHEST)), method="bounded")
    return float(np.exp(minimum.x))


def mean_log_loss(logits: Floats, y: NDArray[np.intp], temperature: float) -> float:
    """Return the mean negative log probability of the true types."""
    return float(-_log_probabilities(logits, temperature)[np.arange(len(y)), y].mean())


def _log_probabilities(logits: Floats, temperature: float) -> Floats:
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    result: Floats = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
    return result
