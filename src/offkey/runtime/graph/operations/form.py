"""The form of an operation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..graph import Array

__all__ = ["Operation", "plain"]

Operation = Callable[[Sequence[Any], dict[str, Any]], Sequence[Array]]
"""Inputs, None for one that is left out, and attributes, to outputs."""


def plain(function: Callable[..., Any]) -> Operation:
    """Return the operation of a function of its inputs alone."""
    return lambda inputs, _attributes: [function(*inputs)]
