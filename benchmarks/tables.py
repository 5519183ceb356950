"""Figures of two lists of scores, Markdown tables, and goals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from offkey.evaluation.metrics import auc, pauc

__all__ = ["areas", "pair", "print_goal", "print_head", "print_row"]


def areas(of_normal: ArrayLike, of_anomalous: ArrayLike) -> tuple[float, float]:
    """Return AUC and pAUC of the scores of normal and of anomalous clips."""
    normal, anomalous = np.asarray(of_normal), np.asarray(of_anomalous)
    labels, scores = np.repeat([0, 1], [len(normal), len(anomalous)]), np.concatenate([normal, anomalous])
    return auc(labels, scores), pauc(labels, scores)


def pair(values: ArrayLike) -> str:
    """Return AUC and pAUC, or the mean of several such pairs, as a cell."""
    first, second = np.asarray(values).reshape(-1, 2).mean(axis=0)
    return f"{first:.3f} / {second:.3f}"


def print_head(*columns: str, words: int = 1) -> None:
    """Print the head of a table; the first columns hold words, the others figures."""
    print_row(*columns)
    print("| " + " | ".join(["---"] * words + ["---:"] * (len(columns) - words)) + " |")


def print_row(*cells: str | float | Sequence[str]) -> None:
    """Print a row."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def print_goal(what: str, value: float, limit: float, *, least: bool = False, unit: str = "x") -> None:
    """Print below a table whether a value is at most, or at least, what it should be."""
    met = value >= limit if least else value <= limit
    word = "at least" if least else "at most"
    print(f"- {what}: {value:.3g} {unit}, goal {word} {limit:g} {unit}: {'met' if met else 'MISSED'}", flush=True)
