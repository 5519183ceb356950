"""Figures of a classifier of types: accuracy, macro F1, confusion matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from offkey.errors import DataError

__all__ = ["UNKNOWN", "TypeFigures", "measure_types"]

UNKNOWN = "unknown"
"""The name of the type of clips that belong to no known type."""


@dataclass(frozen=True)
class TypeFigures:
    """Figures of clips whose types are known."""

    accuracy: float
    macro_f1: float  # mean over the true types of 2 PR / (P + R), 0 for a type that no clip is called rightly by
    types: list[dict[str, Any]]  # one per true type; its precision is None where no clip was called so
    labels: list[str]  # types of the rows and columns of matrix
    matrix: list[list[int]]  # clips by true type (row) and predicted type (column)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        confusion = {"labels": self.labels, "matrix": self.matrix}
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1, "types": self.types, "confusion": confusion}


def measure_types(truth: Sequence[str], called: Sequence[str]) -> TypeFigures:
    """Compare predicted types with the true ones; `UNKNOWN` is a type like any other, and stands last."""
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
