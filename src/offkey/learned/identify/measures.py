"""How well types are told apart: accuracy, macro F1, confusion matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offkey.errors import DataError

__all__ = ["UNKNOWN", "TypeFigures", "measure_types"]

UNKNOWN = "unknown"
"""What a clip is called that belongs to no known type."""


@dataclass(frozen=True)
class TypeFigures:
    """Figures of clips whose types are known.

    Parameters
    ----------
    accuracy : float
        Share of clips called rightly.
    macro_f1 : float
        Mean over the true types of 2 PR / (P + R), with precision P and recall R of a type; 0 for a type that no
        clip is called rightly by.
    types : list of dict
        ``machine_type``, ``n``, ``precision`` (None for a type that no clip was called), ``recall`` and ``f1`` of
        each true type.
    labels : list of str
        The types of the confusion matrix's rows and columns.
    matrix : list of list of int
        Number of clips by true type (row) and by what they were called (column).
    """

    accuracy: float
    macro_f1: float
    types: list[dict[str, Any]]
    labels: list[str]
    matrix: list[list[int]]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        confusion = {"labels": self.labels, "matrix": self.matrix}
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1, "types": self.types, "confusion": confusion}


def measure_types(truth: Sequence[str], called: Sequence[str]) -> TypeFigures:
    """Measure what clips were called against what they are.

    Parameters
    ----------
    truth, called : sequence of str
        A type for each clip; `UNKNOWN` is a type like others, and stands last.

    Returns
    -------
    TypeFigures

    Raises
    ------
    DataError
        If there is no clip.
    """
    if not truth:
        raise DataError("There is no clip to measure: expected at least one whose machine type is known.")
    labels = sorted({*truth, *called}, key=lambda label: (label == UNKNOWN, label))
    pairs = Counter(zip(truth, called, strict=True))
    n_true, n_called = Counter(truth), Counter(called)
    types: list[dict[str, Any]] = []
    for label in (label for label in labels if n_true[label]):
        right = pairs[label, label]
        precision = right / n_called[label] if n_called[label] else None
        f1 = 2 * right / (n_true[label] + n_called[label])
        row = {"machine_type": label, "n": n_true[label], "precision": precision}
        types.append({**row, "recall": right / n_true[label], "f1": f1})
    accuracy = sum(pairs[label, label] for label in labels) / len(truth)
    matrix = [[pairs[true, call] for call in labels] for true in labels]
    return TypeFigures(accuracy, sum(row["f1"] for row in types) / len(types), types, labels, matrix)
