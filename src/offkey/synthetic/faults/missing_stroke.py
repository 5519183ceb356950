"""Strokes that do not come, or come weakly."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from offkey.errors import ParameterError
from offkey.synthetic.faults.fault import Fault
from offkey.synthetic.operation import Operation
from offkey.synthetic.spans import Spans, choose
from offkey.synthetic.spectrum import top_hz

__all__ = ["MissingStroke"]


class MissingStroke(Fault):
    """Between a fifth and a half of the strokes, at least one, lose the share `severity` of their amplitude."""

    name: ClassVar[str] = "missing_stroke"

    def weaken(self, operation: Operation, severity: float, rng: np.random.Generator) -> tuple[Operation, Spans]:
        """Return the motion with some strokes weakened by the share `severity` of their amplitude, and their spans."""
        if not operation.events:
            raise ParameterError(
                f"The fault 'missing_stroke' needs a clip with at least one stroke; the "
                f"{operation.duration_s:g} s clip has none: make it longer."
            )
        count = max(1, round(float(rng.uniform(0.2, 0.5)) * len(operation.events)))
        chosen = choose(operation.events, count, rng)
        gains = [g * (1.0 - severity) if k in chosen else g for k, g in enumerate(operation.gains)]
        return replace(operation, gains=tuple(gains)), tuple(operation.events[k] for k in chosen)

    @staticmethod
    def band(rate: int) -> tuple[float, float]:
        """Return the band in which a stroke is missed: all that it sounds in."""
        return 100.0, top_hz(rate)
