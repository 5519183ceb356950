"""A trained network as it stands in a model file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.errors import ParameterError
from offkey.graph import write_onnx
from offkey.learned.network.layer_graph import INPUT, OUTPUT, layer_graph
from offkey.runtime.errors import GraphError
from offkey.runtime.graph import Graph, Plan, read_onnx

__all__ = ["KeptNetwork", "Network"]

_MOST_AT_ONCE = 2**24  # values of inputs


@dataclass(frozen=True, eq=False)
class Network:
    """A graph of ONNX operators with one input and one output in single precision, run by numpy."""

    graph: Graph

    def __call__(self, x: ArrayLike, *, batch: int = 64, tensor: str = OUTPUT) -> NDArray[np.float32]:
        """Return what torch computes in evaluation mode, to rounding; `batch` inputs at a time bound the memory.

        `tensor`: what is returned: the output, or a tensor before it by its name.
        """
        inputs = np.asarray(x, dtype=np.float32)
        if not len(inputs):  # one of zeros tells the shape
            return self(np.zeros((1, *inputs.shape[1:]), np.float32), tensor=tensor)[:0]
        batch = max(1, min(batch, _MOST_AT_ONCE // max(1, inputs[0].size)))
        try:
            plan = self._plan(tensor)
            parts = [plan({INPUT: inputs[at : at + batch]})[tensor] for at in range(0, len(inputs), batch)]
        except GraphError as error:
            raise ParameterError(f"The network cannot be run. {error}") from error
        return np.concatenate(parts)

    def _plan(self, tensor: str) -> Plan:
        """Return the way to a tensor, which is worked out once."""
        plans: dict[str, Plan] = vars(self).setdefault("_plans", {})
        if tensor not in plans:
            plans[tensor] = Plan(self.graph, [tensor])
        return plans[tensor]

    def weights_of(self, tensor: str) -> list[NDArray[np.float32]]:
        """Return the weights of the layer that gives a tensor."""
        made_by = {name: node for node in self.graph.nodes for name in node.outputs}
        node = made_by[tensor]
        while node.op == "Identity":
            node = made_by[node.inputs[0]]
        return [self.graph.weights[name] for name in node.inputs if name in self.graph.weights]

    def state(self) -> dict[str, Any]:
        """Return the network as the content of an ONNX file; a MissingExtraError says that onnx is not installed."""
        content = write_onnx(self.graph, name="network", extra="torch", purpose="Keeping a trained network")
        return {"onnx": np.frombuffer(content, np.uint8)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], shape: Callable[[], Sequence[int]]) -> Network:
        """Return the network that `state` describes, also as earlier versions wrote it: by layers and arrays.

        `shape`: gives the shape of an input behind the batch, which those layers do not tell.
        """
        try:
            if "onnx" not in state:
                return cls(layer_graph(state["layers"], state["arrays"], shape(), fold=False))
            graph = read_onnx(np.asarray(state["onnx"], np.uint8).tobytes())
        except Exception as error:  # whatever is wrong in a file that is not trusted
            reason = str(error) if isinstance(error, GraphError) else f"Its layers are damaged, at {error!r}."
            raise ParameterError(f"The network cannot be read. {reason}") from error
        if [port.name for port in (*graph.inputs, *graph.outputs)] != [INPUT, OUTPUT]:
            raise ParameterError(f"The network must take the tensor '{INPUT}' alone, and give '{OUTPUT}'.")
        return cls(graph)


class KeptNetwork:
    """The network of a component's state, made when it is needed first, and again where the state is another.

    It goes into no copy of the component, since it can be made there.
    """

    def __init__(self) -> None:
        self._made: tuple[Mapping[str, Any], Network] | None = None

    def of(self, state: Mapping[str, Any], shape: Callable[[], Sequence[int]]) -> Network:
        """Return the network of a state; parameters and errors as of `Network.from_state`."""
        made = self._made
        if made is None or made[0] is not state:
            made = self._made = state, Network.from_state(state, shape)
        return made[1]

    def __reduce__(self) -> tuple[type[KeptNetwork], tuple[()]]:
        return KeptNetwork, ()
