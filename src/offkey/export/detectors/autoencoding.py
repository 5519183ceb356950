"""The autoencoder: the graph of its score."""

from __future__ import annotations

import numpy as np

from offkey.export.detectors.arithmetic import whole
from offkey.graph import Builder
from offkey.learned.autoencoder.detector import Autoencoder

__all__ = ["autoencoder_nodes"]


def autoencoder_nodes(b: Builder, detector: Autoencoder, features: str) -> str:
    """Add the reconstruction error of `Autoencoder`, averaged over the inputs of each clip.

    As there, the network and its residuals are in single precision, and the mean is in double precision.
    """
    size = len(detector.mean_)
    n_frames = detector.n_features_ // size
    context = 1 if n_frames == 1 else detector.context
    n_inputs = n_frames - context + 1
    frames = b("Reshape", b.cast(features, np.float32), whole(b, -1, n_frames, size))
    scaled = b("Div", b("Sub", frames, b.weight(detector.mean_)), b.weight(detector.scale_))
    shifted = [b("Slice", scaled, whole(b, first), whole(b, first + n_inputs), whole(b, 1)) for first in range(context)]
    inputs = b("Reshape", b("Concat", *shifted, axis=2), whole(b, -1, context * size))
    graph = detector.network().graph
    outputs = b.add(graph, {graph.inputs[0].name: inputs})[graph.outputs[0].name]
    residuals = b("Sub", outputs, inputs)
    if detector.distance == "mse":
        squares = b.cast(b("Mul", residuals, residuals), np.float64)
        return b("ReduceMean", b("Reshape", squares, whole(b, -1, n_inputs * context * size)), axes=[1], keepdims=0)
    by_frame = b("Reshape", residuals, whole(b, -1, context, size))
    white = b("MatMul", b("Unsqueeze", by_frame, whole(b, 0)), b.weight(detector.whiteners_[:, None]))
    distances = b("ReduceMean", b("Mul", white, white), axes=[2, 3], keepdims=0)
    least = b.cast(b("ReduceMin", distances, axes=[0], keepdims=0), np.float64)
    return b("ReduceMean", b("Reshape", least, whole(b, -1, n_inputs)), axes=[1], keepdims=0)
