"""The tensor of an ONNX file that is its embedding: the one that is named, or the one that offkey takes by default."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from offkey.errors import ParameterError
from offkey.features.embedding.onnx_graph import Tensor, described
from offkey.features.embedding.onnx_head import find_head

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["Layer", "choose_layer"]

_MOST_NAMED = 12


class Layer(NamedTuple):
    """A tensor that is taken for the embedding.

    `note`: a sentence for the user, where it is a classifier's head or was taken instead of one; else empty.
    """

    tensor: Tensor
    note: str


def choose_layer(model: ModelProto, layer: str | None, path: Path) -> Layer:
    """Return the tensor that is the embedding, never a classifier's head without a note.

    `layer`: name of the tensor, or a pattern with ``*`` that fits one name alone; None for the output that is the
        embedding: the one named so, YAMNet's, or the only one. Where that is a classifier's head, the layer before it
        is taken.
    """
    _, outputs, between = described(model)
    if layer is None and (known := _embedding(outputs)) is not None:
        return Layer(known, "")
    tensor = _only(outputs, path) if layer is None else _named([*outputs, *between], layer, path)
    head = find_head(model.graph, tensor.name, tensor.shape[-1] if tensor.shape else None)
    if head is None or (layer is not None and not head.is_sure):
        return Layer(tensor, "")
    if not head.is_sure:
        note = f"a linear layer over {head.layer!r}: if it stands for classes, name that one as 'layer'"
        return Layer(tensor, f"The output {tensor.name!r} of {path} is {note}.")
    what = f"The tensor {tensor.name!r} of {path} is a classifier's head ({head.kind}), which is no embedding"
    if head.layer is None:
        return Layer(tensor, f"{what}: name a layer before it as 'layer'; 'offkey info {path}' lists them.")
    if layer is not None:
        return Layer(tensor, f"{what}: better name the layer before it, {head.layer!r}, as 'layer'.")
    return Layer(_named(between, head.layer, path), f"{what}: the layer before it is taken, {head.layer!r}.")


def _embedding(outputs: list[Tensor]) -> Tensor | None:
    """Return the output that is the embedding by its name or by YAMNet's sizes."""
    named = [one for one in outputs if "embed" in one.name.lower()]
    sizes = {one.shape[-1]: one for one in outputs if one.shape}
    if len(named) == 1:
        return named[0]
    return sizes[1024] if {521, 1024} <= sizes.keys() else None  # YAMNet's classes and its embedding


def _only(outputs: list[Tensor], path: Path) -> Tensor:
    if len(outputs) == 1:
        return outputs[0]
    listed = ", ".join(f"{one.name} {list(one.shape)}" for one in outputs)
    raise ParameterError(f"{path} has several outputs: name one of them or a tensor between as 'layer': {listed}.")


def _named(tensors: list[Tensor], layer: str, path: Path) -> Tensor:
    pattern = re.compile(".*".join(map(re.escape, layer.split("*"))))
    fitting = [one for one in tensors if one.name == layer] or [one for one in tensors if pattern.fullmatch(one.name)]
    names = [tensor.name for tensor in fitting or tensors]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = ", ".join(names[:_MOST_NAMED])
        raise ParameterError(f"{path} has {len(fitting)} tensors that fit the layer {layer!r}: name one of {listed}.")
    near = difflib.get_close_matches(layer, names, n=_MOST_NAMED, cutoff=0.4)
    listed = ", ".join(near or names[:_MOST_NAMED])
    raise ParameterError(
        f"{path} has no tensor {layer!r}: its {len(names)} tensors include {listed}; "
        f"'offkey info {path}' lists them all."
    )
