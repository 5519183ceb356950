"""The normal clip that an event is compared with, as the model keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from offkey.model import Model

__all__ = ["normal_flac"]


def normal_flac(model: Model, details: Mapping[str, Any]) -> bytes | None:
    """Return the nearest normal clip of an event as a FLAC file; None where the model keeps no sound of it.

    `details`: of its explanation, by the same model.
    """
    normal, reference = details.get("normal"), model.reference
    if normal is None or reference is None:
        return None
    rows = [row for row, name in enumerate(reference.names) if name == normal["name"] and str(row) in reference.sounds]
    starts = np.nan_to_num(reference.spans_s[:, 0])
    row = min(rows, key=lambda row: abs(float(starts[row]) - (normal["start_s"] or 0.0)), default=None)
    return None if row is None else reference.sounds[str(row)].tobytes()
