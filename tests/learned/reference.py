"""Networks as another program runs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest


def by_onnx_runtime(state: Mapping[str, Any], x: np.ndarray) -> np.ndarray:
    """Return what ONNX Runtime makes of inputs by a network as it stands in a file."""
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    session = onnxruntime.InferenceSession(state["onnx"].tobytes(), providers=["CPUExecutionProvider"])
    return session.run(["output"], {"input": np.asarray(x, np.float32)})[0]
