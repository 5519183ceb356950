"""Operators of linear algebra."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..graph import Array
from .form import Operation, check_size

__all__ = ["LINEAR"]


def _gemm(inputs: Sequence[Any], attributes: dict[str, Any]) -> Sequence[Array]:
    a, b, *c = inputs
    a = a.T if attributes.get("transA", 0) else a
    b = b.T if attributes.get("transB", 0) else b
    (product,) = _product([a, b], {})
    alpha, beta = attributes.get("alpha", 1.0), attributes.get("beta", 1.0)
    if alpha != 1:
        product = product * product.dtype.type(alpha)
    if c and c[0] is not None:
        product = np.add(product, c[0] if beta == 1 else c[0] * c[0].dtype.type(beta), out=product)  # it is new
    return [product]


def _product(inputs: Sequence[Array], _attributes: dict[str, Any]) -> Sequence[Array]:
    a, b = inputs
    if a.ndim > 1 and b.ndim > 1:
        several = np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) if a.ndim > 2 or b.ndim > 2 else ()
        check_size(math.prod(several) * a.shape[-2] * b.shape[-1])
    if a.ndim > 2 and b.ndim == 2:  # one product in place of many small ones
        return [np.matmul(a.reshape(-1, a.shape[-1]), b).reshape(*a.shape[:-1], b.shape[-1])]
    return [np.matmul(a, b)]


def _einsum(inputs: Sequence[Array], attributes: dict[str, Any]) -> Sequence[Array]:
    equation = attributes["equation"].replace(" ", "")
    before, arrow, after = equation.partition("->")
    if not arrow or "." in equation:
        raise ValueError("expected an equation that names all axes and the output")
    sizes: dict[str, int] = {}
    for axes, array in zip(before.split(","), inputs, strict=True):
        sizes.update(zip(axes, array.shape, strict=True))
    check_size(math.prod(sizes[axis] for axis in after))
    return [np.einsum(equation, *inputs, optimize=len(inputs) > 2 or len(sizes) > 2)]


LINEAR: dict[str, Operation] = {
    "Einsum": _einsum,
    "Gemm": _gemm,
    "MatMul": _product,
}
