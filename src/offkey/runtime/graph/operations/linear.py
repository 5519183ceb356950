"""Operators of linear algebra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import Array
from .form import Operation, plain

__all__ = ["LINEAR"]


def _gemm(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    a, b, *c = inputs
    a = a.T if attributes.get("transA", 0) else a
    b = b.T if attributes.get("transB", 0) else b
    product = a @ b
    alpha, beta = attributes.get("alpha", 1.0), attributes.get("beta", 1.0)
    if alpha != 1:
        product = product * product.dtype.type(alpha)
    if c and c[0] is not None:
        product = product + (c[0] if beta == 1 else c[0] * c[0].dtype.type(beta))
    return [product]


def _einsum(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    return [np.einsum(attributes["equation"], *inputs, optimize=True)]


LINEAR: dict[str, Operation] = {
    "Einsum": _einsum,
    "Gemm": _gemm,
    "MatMul": plain(np.matmul),
}
