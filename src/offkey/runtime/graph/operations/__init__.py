"""The operators of ONNX that numpy runs, by name; each takes its inputs and attributes, and gives its outputs."""

from __future__ import annotations

from .elementwise import ELEMENTWISE
from .form import Operation
from .images import IMAGES
from .linear import LINEAR
from .reducing import FIRST_ALONE, REDUCING
from .shaping import SHAPING

__all__ = ["FIRST_ALONE", "OPERATIONS"]

OPERATIONS: dict[str, Operation] = {**ELEMENTWISE, **IMAGES, **LINEAR, **REDUCING, **SHAPING}
