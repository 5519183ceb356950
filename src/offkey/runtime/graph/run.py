"""Graphs run by numpy, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .graph import Array, Graph
from .plan import Plan

__all__ = ["run"]


def run(graph: Graph, inputs: Mapping[str, Array], wanted: Sequence[str] | None = None) -> dict[str, Array]:
    """Run a graph once and return some of its tensors; whoever runs it again keeps a `Plan`.

    Parameters
    ----------
    graph : Graph
        Operators of opset 17.
    inputs : mapping of str to ndarray
        An array for each input that is needed, of its type and shape.
    wanted : sequence of str, optional
        Names of tensors, also of those between; by default the outputs. What none of them needs is not computed.

    Returns
    -------
    dict of str to ndarray
        In the order of `wanted`.

    Raises
    ------
    GraphError
        As of `Plan` and of what it is called with.
    """
    return Plan(graph, wanted)(inputs)
