"""What numbers depend on beside offkey: processor and libraries, which round the last digits each in its own way."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import numpy as np

__all__ = ["machine"]


def machine() -> dict[str, Any]:
    """Return what must be equal for results to be equal to the last digits."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]  # type: ignore[call-overload, index]
    packages = ("numpy", "scipy", "scikit-learn", "soxr")
    return {
        "processor": [platform.system(), platform.machine(), *simd["baseline"], *simd["found"]],
        "versions": {name: version(name) for name in packages},
    }
