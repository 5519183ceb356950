"""Engines that run a graph: numpy, or onnxruntime where it is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal, Protocol

import numpy as np

from .errors import EdgeError, GraphError
from .gate import Samples
from .graph import Graph, Plan
from .graph.graph import Array

__all__ = ["SAMPLES", "SCORE", "Engine", "EngineName", "NumpyEngine", "OnnxEngine", "make_engine", "score_of"]

EngineName = Literal["auto", "numpy", "onnxruntime"]
"""The engine that is asked for; ``"auto"`` is onnxruntime where it is installed and has all operators, else numpy."""

SAMPLES, SCORE = "samples", "score"
"""Names of the tensors that a graph takes and gives."""


class Engine(Protocol):
    """Runs one graph."""

    @property
    def name(self) -> str:
        """Name of the engine, ``"numpy"`` or ``"onnxruntime"``."""
        ...

    def run(self, inputs: Mapping[str, Array], wanted: Sequence[str]) -> dict[str, Array]:
        """Return the tensors of these names; a GraphError where the graph cannot be run."""
        ...


class NumpyEngine:
    """Runs a graph by numpy, operator by operator.

    Parameters
    ----------
    graph : Graph
        As read from a file, or built.
    """

    name = "numpy"

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._plans: dict[tuple[str, ...], Plan] = {}

    def run(self, inputs: Mapping[str, Array], wanted: Sequence[str]) -> dict[str, Array]:
        """Return tensors, those between the operators too.

        Parameters
        ----------
        inputs : mapping of str to ndarray
            An array for each input.
        wanted : sequence of str
            Names of tensors.

        Returns
        -------
        dict of str to ndarray

        Raises
        ------
        GraphError
            If the graph cannot be run, such as on shapes that do not go together.
        """
        try:
            names = tuple(wanted)
            if names not in self._plans:
                self._plans[names] = Plan(self._graph, names)
            return self._plans[names](inputs)
        except EdgeError:
            raise
        except Exception as error:  # whatever numpy makes of a graph that is wrong
            raise GraphError(f"The graph cannot be run: {_first_line(error)}.") from error


class OnnxEngine:
    """Runs a graph by onnxruntime, in one thread.

    Parameters
    ----------
    content : bytes
        The bytes of ``model.onnx``, which were read and checked before.

    Raises
    ------
    GraphError
        If onnxruntime is not installed, or does not take the graph.
    """

    name = "onnxruntime"

    def __init__(self, content: bytes) -> None:
        try:
            onnxruntime: Any = import_module("onnxruntime")
        except ImportError as error:
            raise GraphError(
                "The engine 'onnxruntime' is not installed: pip install 'offkey-runtime[onnxruntime]' brings it, or "
                "take the engine 'numpy'."
            ) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors alone
        try:
            self._session: Any = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # it has a dozen types of its own
            raise GraphError(f"onnxruntime does not take the graph ({_first_line(error)}): take 'numpy'.") from error

    def run(self, inputs: Mapping[str, Array], wanted: Sequence[str]) -> dict[str, Array]:
        """Return outputs of the graph; parameters and errors as of `NumpyEngine.run`."""
        try:
            return dict(zip(wanted, self._session.run(list(wanted), dict(inputs)), strict=True))
        except Exception as error:
            raise GraphError(f"The graph cannot be run: {_first_line(error)}.") from error


def make_engine(wanted: EngineName, graph: Graph, content: bytes) -> Engine:
    """Return the engine of a name.

    Parameters
    ----------
    wanted : {"auto", "numpy", "onnxruntime"}
        As of `EngineName`.
    graph : Graph
        As read from `content`.
    content : bytes
        The bytes of ``model.onnx``.

    Returns
    -------
    Engine

    Raises
    ------
    EdgeError
        If there is no engine of this name.
    GraphError
        If it does not take the graph.
    """
    if wanted == "numpy":
        return NumpyEngine(graph)
    if wanted == "onnxruntime":
        return OnnxEngine(content)
    if wanted != "auto":
        raise EdgeError(f"The engine must be 'auto', 'numpy' or 'onnxruntime'. Got {wanted!r} instead.")
    if find_spec("onnxruntime") is not None:
        try:
            return OnnxEngine(content)
        except GraphError:  # it lacks an operator for float64
            return NumpyEngine(graph)
    return NumpyEngine(graph)


def score_of(engine: Engine, window: Samples) -> float:
    """Return the anomaly score of a window of shape (n,)."""
    return float(np.asarray(engine.run({SAMPLES: window[None]}, [SCORE])[SCORE]).reshape(-1)[0])


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
