"""A graph made step by step."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from offkey.runtime.graph import DTYPES, Graph, Node, Port

__all__ = ["NUMBERS", "Builder"]

NUMBERS = {dtype: number for number, dtype in DTYPES.items()}
"""Numbers of types in ONNX, the inverse of `DTYPES`."""


class Builder:
    """Adds operators of ONNX, opset 17, one after the other; a tensor is its name.

    Examples
    --------
    >>> import numpy as np
    >>> from offkey.graph import Builder
    >>> b = Builder()
    >>> x = b.input("x", np.float32, ("batch", 3))
    >>> b.output(b("MatMul", x, b.weight(np.ones((3, 2), np.float32))), "y", np.float32, ("batch", 2))
    >>> [node.op for node in b.graph().nodes]
    ['MatMul', 'Identity']
    """

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._weights: dict[str, np.ndarray[Any, Any]] = {}
        self._of_content: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._inputs: list[Port] = []
        self._outputs: list[Port] = []
        self._names: set[str] = set()
        self.named: list[str] = []
        """Names that were asked for, of tensors that are worth a look."""

    def input(self, name: str, dtype: DTypeLike, shape: Sequence[int | str]) -> str:
        """Add an input; of a shape, an axis of any length has a name, such as ``"batch"``."""
        self._inputs.append(Port(self._unique(name), np.dtype(dtype), tuple(shape)))
        return name

    def output(self, tensor: str, name: str, dtype: DTypeLike, shape: Sequence[int | str]) -> None:
        """Make a tensor an output under a name."""
        self._nodes.append(Node("Identity", (tensor,), (self._unique(name),)))
        self._outputs.append(Port(name, np.dtype(dtype), tuple(shape)))

    def weight(self, values: ArrayLike, dtype: DTypeLike | None = None) -> str:
        """Add numbers that do not change; equal ones are kept once. Lists of whole numbers become int64."""
        array = np.array(values, dtype=dtype, order="C")
        key = array.dtype.str, array.shape, hashlib.sha256(array.tobytes()).digest()
        if key not in self._of_content:
            self._of_content[key] = self._unique(f"w{len(self._weights)}")
            self._weights[self._of_content[key]] = array
        return self._of_content[key]

    @overload
    def __call__(self, op: str, *inputs: str, name: str = "", outputs: Literal[1] = 1, **attributes: Any) -> str: ...

    @overload
    def __call__(self, op: str, *inputs: str, name: str = "", outputs: int, **attributes: Any) -> tuple[str, ...]: ...

    def __call__(
        self, op: str, *inputs: str, name: str = "", outputs: int = 1, **attributes: Any
    ) -> str | tuple[str, ...]:
        """Add an operator and return what it gives: one tensor, or of more `outputs` a tuple of them.

        `inputs`: tensors; ``""`` for one that is left out.
        `name`: of the first tensor that it gives, where others shall find it.
        """
        if name:
            self.named.append(name)
        given = [self._unique(name or f"t{len(self._nodes)}")]
        given += [self._unique(f"{given[0]}_{number}") for number in range(1, outputs)]
        plain = {key: tuple(value) if isinstance(value, list) else value for key, value in attributes.items()}
        self._nodes.append(Node(op, inputs, tuple(given), plain))
        return given[0] if outputs == 1 else tuple(given)

    def add(self, graph: Graph, inputs: Mapping[str, str]) -> dict[str, str]:
        """Add another graph, whose tensors get new names.

        Parameters
        ----------
        graph : Graph
            Such as a trained network.
        inputs : mapping of str to str
            For each of its inputs the tensor that it takes here.

        Returns
        -------
        dict of str to str
            The tensors here, by their names there.
        """
        here = {"": "", **inputs, **{name: self.weight(array) for name, array in graph.weights.items()}}
        for node in graph.nodes:
            taken = [here[name] for name in node.inputs]
            attributes: dict[str, Any] = dict(node.attributes)
            given = self(node.op, *taken, outputs=len(node.outputs), **attributes)
            here.update(zip(node.outputs, [given] if isinstance(given, str) else given, strict=True))
        return here

    def cast(self, tensor: str, dtype: DTypeLike) -> str:
        """Return a tensor as another type."""
        return self("Cast", tensor, to=NUMBERS[np.dtype(dtype)])

    def graph(self) -> Graph:
        """Return the graph as it stands."""
        return Graph(tuple(self._nodes), dict(self._weights), tuple(self._inputs), tuple(self._outputs))

    def _unique(self, name: str) -> str:
        if name in self._names:
            raise ValueError(f"two tensors of a graph have the name {name}")
        self._names.add(name)
        return name
