"""The operators of ONNX that numpy runs, by name; each takes its inputs and attributes, and gives its outputs."""

from __future__ import annotations

from .elementwise import ELEMENTWISE
from .form import Operation
from .linear import LINEAR
from .reducing import REDUCING
from .shaping import SHAPING

__all__ = ["OPERATIONS"]

OPERATIONS: dict[str, Operation] = {**ELEMENTWISE, **LINEAR, **REDUCING, **SHAPING}
