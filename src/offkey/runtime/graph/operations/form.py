"""The form of an operation, and how large what it gives may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...errors import GraphError
from ..graph import Array

__all__ = ["LARGEST", "Operation", "check_size", "plain"]

Operation = Callable[[Sequence[Any], dict[str, Any]], Sequence[Array]]
"""Inputs, None for one that is left out, and attributes, to outputs."""

LARGEST = 2**27
"""Values of an array; a graph may come from a file that is not trusted."""


def plain(function: Callable[..., Any]) -> Operation:
    """Return the operation of a function of its inputs alone, which gives no more values than it takes."""
    return lambda inputs, _attributes: [function(*inputs)]


def check_size(n_values: int) -> None:
    """Check a number of values before they take memory."""
    if n_values > LARGEST:
        raise GraphError(
            f"it would make {n_values} values, and an array of a graph can have {LARGEST}: give it less at a time"
        )
