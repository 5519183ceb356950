"""The state of a component as it comes back from a file, for the checks that every component passes."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["written_and_read"]


def written_and_read(value: Any) -> Any:
    """Return a state as it comes back from a file: arrays go through ``.npy`` without pickle, all else through JSON."""
    if isinstance(value, np.ndarray):
        file = io.BytesIO()
        np.save(file, value, allow_pickle=False)
        file.seek(0)
        array: NDArray[Any] = np.load(file, allow_pickle=False)
        return array
    if isinstance(value, dict):
        return {json.loads(json.dumps(key)): written_and_read(element) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [written_and_read(element) for element in value]
    return json.loads(json.dumps(value, allow_nan=False))
