"""Tensors in ONNX files that are not trusted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import GraphError
from .graph import DTYPES, Array
from .wire import Field, fields, floats, integer, integers, part, text

__all__ = ["check_finite", "read_tensor"]

_MOST_AXES = 16
_LISTS = {4: (1,), 5: (2, 3, 5, 6, 9, 10), 7: (7,), 10: (11,)}
"""Fields that hold values one by one, with the types of those that they hold."""


def read_tensor(message: memoryview) -> tuple[str, Array]:
    """Return the name and the values of a ``TensorProto``; numbers are finite."""
    name, kind, shape = "", 0, list[int]()
    raw: memoryview | None = None
    listed = list[Field]()
    for field in fields(message):
        match field.number:
            case 1:
                shape += integers(field)
            case 2:
                kind = integer(field)
            case 8:
                name = text(field)
            case 9:
                raw = part(field)
            case 3 | 13:  # a segment of a tensor, or the name of another file
                raise GraphError(f"The tensor '{name}' does not stand whole in the ONNX file, as it must.")
            case 14 if integer(field) != 0:
                raise GraphError(f"The tensor '{name}' stands in another file; expected all in the ONNX file itself.")
            case number if number in _LISTS:
                listed.append(field)
    dtype = DTYPES.get(kind)
    if dtype is None:
        raise GraphError(
            f"The tensor '{name}' has the type {kind}; expected one of {', '.join(map(str, DTYPES.values()))}."
        )
    values = _listed(name, kind, listed) if raw is None else _raw(name, dtype, raw)
    array = np.array(_shaped(name, values, shape), dtype)
    check_finite(name, array)
    return name, array


def check_finite(name: str, array: Array) -> None:
    """Check that all numbers of a tensor are finite."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise GraphError(f"The tensor '{name}' holds numbers that are not finite.")


def _raw(name: str, dtype: np.dtype[Any], content: memoryview) -> Array:
    """Return values that stand in the file as in memory, the lowest byte first."""
    if len(content) % dtype.itemsize:
        raise GraphError(f"The tensor '{name}' of the type {dtype} has {len(content)} bytes.")
    held = np.frombuffer(content, np.uint8 if dtype.kind == "b" else dtype.newbyteorder("<"))
    return held != 0 if dtype.kind == "b" else held


def _listed(name: str, kind: int, given: list[Field]) -> Array:
    """Return values that stand in the file one by one."""
    dtype = DTYPES[kind]
    if any(kind not in _LISTS[field.number] for field in given):
        raise GraphError(f"The tensor '{name}' of the type {dtype} holds values of another.")
    if kind in (1, 11):
        joined = b"".join(floats(field, dtype.itemsize) for field in given)
        return np.frombuffer(joined, dtype.newbyteorder("<"))
    wide = np.array([value for field in given for value in integers(field)], np.int64)
    narrow = np.dtype(np.uint16) if kind == 10 else dtype  # those of half precision stand there as their bits
    cut = wide.astype(narrow)
    if (cut != wide).any():
        raise GraphError(f"The tensor '{name}' of the type {dtype} holds a value that this cannot be.")
    return cut.view(dtype)


def _shaped(name: str, values: Array, shape: list[int]) -> Array:
    if len(shape) > _MOST_AXES or any(not 0 <= length < 2**31 for length in shape):
        raise GraphError(f"The tensor '{name}' has {len(shape)} axes, or one of a length that cannot be.")
    if math.prod(shape) != values.size:
        raise GraphError(f"The tensor '{name}' of shape {tuple(shape)} holds {values.size} values.")
    return values.reshape(shape)
