"""Dense networks as C takes them: batch normalisation folded in, weights of floats or of int8 with a scale a row."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ExportError
from offkey.graph import rounded
from offkey.learned.autoencoder.detector import Autoencoder
from offkey.learned.network.layers import Layer, dense, relu
from offkey.model import Model

__all__ = ["Dense", "dense_layers", "with_int8"]

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Dense:
    """A fully connected layer.

    `weights`: shape (n_outputs, n_inputs).
    `biases`: shape (n_outputs,).
    `rectifies`: whether what falls below 0 becomes 0.
    """

    weights: Array
    biases: Array
    rectifies: bool


def dense_layers(detector: Autoencoder) -> list[Dense]:
    """Return the layers of an autoencoder's network; an ExportError says why it has others."""
    graph = detector.network().graph
    layers: list[Dense] = []
    for node in graph.nodes:
        taken = [graph.weights[name] for name in node.inputs if name in graph.weights]
        match node.op:
            case "Gemm":
                weights, *bias = taken
                layers.append(Dense(weights, bias[0] if bias else np.zeros(len(weights), np.float32), False))
            case "Mul" | "Add" if layers and not layers[-1].rectifies:  # normalisation, in files of earlier versions
                layers[-1] = _normalised(layers[-1], node.op, taken[0].astype(np.float64).reshape(-1))
            case "Relu" if layers:
                layers[-1] = replace(layers[-1], rectifies=True)
            case "Identity":
                pass
            case _:
                raise ExportError(
                    f"The form '{detector.form}' of the autoencoder cannot go to C, which has dense layers: fit with "
                    "--detector-param form=dense."
                )
    return layers


def with_int8(model: Model) -> Model:
    """Return a model whose autoencoder has weights of eight bits: its scores are those of C with them.

    Parameters
    ----------
    model : Model
        Of the detector ``autoencoder``, in the dense form.

    Returns
    -------
    Model
        The same but for the network; threshold and calibration are those of the model as it was fitted.

    Raises
    ------
    ExportError
        If the model has another detector, or another form.
    """
    fitted = model.detector
    if not isinstance(fitted, Autoencoder):
        raise ExportError(
            f"The detector '{fitted.name}' has no network whose weights could have eight bits in C: leave out --int8, "
            "take --target onnx, or fit with --detector autoencoder."
        )
    layers: list[Layer] = []
    arrays: dict[str, Array] = {}
    for one in dense_layers(fitted):
        whole, scales = rounded(one.weights, 0)
        arrays[f"{len(layers)}.weight"], arrays[f"{len(layers)}.bias"] = whole * scales[:, None], one.biases
        layers += [dense(one.weights.shape[1], len(one.weights)), *([relu()] if one.rectifies else [])]
    detector = Autoencoder(**fitted.params())
    for name, value in vars(fitted).items():
        setattr(detector, name, value)
    detector.network_ = {"layers": layers, "arrays": arrays}  # of which no file needs to be written
    return replace(model, detector=detector)


def _normalised(layer: Dense, op: str, values: NDArray[np.float64]) -> Dense:
    """Return a layer whose outputs are multiplied, or moved, too."""
    if op == "Add":
        return replace(layer, biases=(layer.biases + values).astype(np.float32))
    weights, biases = layer.weights * values[:, None], layer.biases * values
    return replace(layer, weights=weights.astype(np.float32), biases=biases.astype(np.float32))
