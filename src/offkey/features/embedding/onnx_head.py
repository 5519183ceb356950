"""Classifiers' heads at the end of a graph, which are no embeddings, and the layer before them, which is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from offkey.errors import OffkeyError
from offkey.features.embedding.base import Network, output_of_noise

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto

__all__ = ["Head", "find_head", "gives_probabilities"]

_PROBABILITIES = {"Softmax", "LogSoftmax", "Sigmoid"}
_SHAPES = {"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Dropout"}
_LINEAR = {"MatMul", "Gemm"}
_OTHER = {"Add", "Mul", "Relu", "LeakyRelu", "Elu", "Clip", "Tanh", "HardSwish", "Gelu", "BatchNormalization"}
_PASSED = _SHAPES | _LINEAR | _OTHER
"""Operators between a pooled layer and the classes."""
_POOLS = {"GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceMax"}
_NAMED = re.compile(r"logit|class|score|prob|predict", re.IGNORECASE)
_AUDIOSET = {521, 527}
"""Numbers of AudioSet's classes: those that YAMNet knows, and all."""


class Head(NamedTuple):
    """A classifier's head.

    `kind`: ``"Softmax"`` or another operator that makes probabilities, ``"class logits"``, or ``"linear"`` where it is
        a linear layer that may stand for classes or for something else.
    `layer`: the tensor before it: the pooled layer, or else what its last linear layer takes; None if neither is found.
    """

    kind: str
    layer: str | None

    @property
    def is_sure(self) -> bool:
        """Whether it can be nothing else."""
        return self.kind != "linear"


def find_head(graph: GraphProto, name: str, size: object) -> Head | None:
    """Return the classifier's head that makes a tensor; None if another layer makes it.

    `name`: name of the tensor.
    `size`: length of its last axis, if that is known.
    """
    chain = _Chain(graph)
    end = chain.before(name, _SHAPES)
    operator = chain.operator(end)
    is_probability = operator in _PROBABILITIES
    logits = chain.source(end) if is_probability else end
    linear = chain.linear_input(logits)
    if linear is None:
        return Head(operator, None) if is_probability else None
    is_logits = _NAMED.search(name) is not None or size in _AUDIOSET
    kind = operator if is_probability else "class logits" if is_logits else "linear"
    return Head(kind, chain.pooled(linear) or linear)


def gives_probabilities(network: Network) -> bool:
    """Tell whether a network gives probabilities for a moment of noise: numbers of 0 and more that sum to one."""
    try:
        output = output_of_noise(network)
    except OffkeyError:  # a graph that takes several pieces at a time cannot take one
        return False
    sums = output.sum(axis=0)
    return len(output) > 1 and output.shape[1] == 1 and bool((output >= 0).all() and np.allclose(sums, 1, atol=1e-3))


class _Chain:
    """The operators of a graph, followed from a tensor back to those that it is made from."""

    def __init__(self, graph: GraphProto) -> None:
        self._made_by: dict[str, NodeProto] = {name: node for node in graph.node for name in node.output}
        constants = {name for name, node in self._made_by.items() if node.op_type == "Constant"}
        self._constants = constants | {one.name for one in graph.initializer}

    def operator(self, name: str | None) -> str:
        """Return the operator that makes a tensor; empty for an input of the graph."""
        node = self._made_by.get(name or "")
        return "" if node is None else str(node.op_type)

    def source(self, name: str | None) -> str | None:
        """Return the one tensor that a tensor is made from, constants apart; None where there are several."""
        node = self._made_by.get(name or "")
        found = [] if node is None else [one for one in node.input if one and one not in self._constants]
        return str(found[0]) if len(found) == 1 else None

    def before(self, name: str, operators: set[str]) -> str:
        """Return the first tensor on the way back that none of these operators makes."""
        while self.operator(name) in operators and (source := self.source(name)) is not None:
            name = source
        return name

    def linear_input(self, name: str | None) -> str | None:
        """Return what a linear layer takes that makes a tensor, bias included; None if another operator makes it."""
        if name is None:
            return None
        product = self.before(name, _SHAPES | {"Add"})
        return self.source(product) if self.operator(product) in _LINEAR else None

    def pooled(self, name: str) -> str | None:
        """Return the pooled layer that a tensor comes from; None where something else lies between."""
        pooled = name
        while self.operator(name) not in _POOLS:
            source = self.source(name)
            if source is None or self.operator(name) not in _PASSED:
                return None
            if self.operator(name) not in _SHAPES:
                pooled = source
            name = source
        return pooled
