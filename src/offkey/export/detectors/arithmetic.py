"""Steps that the graphs of several detectors share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offkey.detectors.base import Floats
from offkey.graph import Builder

__all__ = ["column", "log_add_exp", "number", "product", "row_norms", "row_squares", "sums", "whole"]


def number(b: Builder, value: ArrayLike) -> str:
    """Return numbers that do not change, in double precision."""
    return b.weight(np.asarray(value, np.float64))


def whole(b: Builder, *values: int) -> str:
    """Return whole numbers that do not change, such as axes."""
    return b.weight(np.array(values, np.int64))


def product(b: Builder, rows: str, factors: Floats) -> str:
    """Return rows, shape (..., d), times the transpose of `factors`, shape (m, d), which are kept as they are."""
    return b("MatMul", rows, b("Transpose", number(b, factors), perm=[1, 0]))


def sums(b: Builder, values: str, *axes: int) -> str:
    """Return sums over some axes, which are gone then."""
    return b("ReduceSum", values, whole(b, *axes), keepdims=0)


def row_squares(b: Builder, rows: str) -> str:
    """Return the sum of the squares of each row, the last axis, which is gone then."""
    return b("ReduceSumSquare", rows, axes=[-1], keepdims=0)


def row_norms(b: Builder, rows: str) -> str:
    """Return the length of each row, the last axis, which is gone then."""
    return b("Sqrt", row_squares(b, rows))


def column(b: Builder, rows: str, place: int) -> str:
    """Return one column of rows, shape (batch, n), as (batch,)."""
    return b("Gather", rows, b.weight(np.array(place, np.int64)), axis=1)


def log_add_exp(b: Builder, one: str, other: str) -> str:
    """Return ``log(exp(one) + exp(other))``, from the larger of the two, so that nothing overflows."""
    less = b("Sub", b("Min", one, other), high := b("Max", one, other))
    return b("Add", high, b("Log", b("Add", b("Exp", less), number(b, 1.0))))
