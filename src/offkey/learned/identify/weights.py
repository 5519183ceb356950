"""Weights that others trained, as a start: files of numpy or safetensors with torchvision's names."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.errors import DataError
from offkey.learned.identify.resnet_layers import torchvision_names

__all__ = ["read_weights", "starting_weights"]

Arrays = dict[str, NDArray[np.float32]]

_KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_LONGEST_HEADER = 100_000_000


def starting_weights(path: Path, own: dict[str, tuple[int, ...]]) -> Arrays:
    """Return weights of a trained ResNet-34 for one of offkey's, all but those of its last layer.

    The file, ``.npz`` or ``.safetensors``, has torchvision's names (``layer1.0.conv1.weight``). The first layer's three
    channels of colour are summed, which is what they do to a grey picture. `own` gives the shapes of offkey's weights.
    """
    trained, layers, converted = read_weights(path), torchvision_names(), {}
    for name, shape in own.items():
        layer, _, kind = name.rpartition(".")
        if layer not in layers:
            continue  # the last layer, whose types are others
        theirs = f"{layers[layer]}.{kind}"
        if theirs not in trained:
            raise DataError(f"The weights {path} hold no {theirs}: expected those of torchvision's resnet34.")
        array = trained[theirs]
        if theirs == "conv1.weight" and array.ndim == 4:
            array = array.sum(axis=1, keepdims=True)
        if array.shape != shape:
            raise DataError(
                f"In the weights {path}, {theirs} must have the shape {shape}, but has {array.shape}: expected those "
                "of torchvision's resnet34, which is 64 channels wide."
            )
        converted[name] = array
    return converted


def read_weights(path: Path) -> Arrays:
    """Read the arrays of a file ``.npz`` or ``.safetensors``; a DataError says what is wrong with it."""
    readers: dict[str, Callable[[Path], Arrays]] = {".npz": _npz, ".safetensors": _safetensors}
    if path.suffix not in readers:
        raise DataError(f"The weights {path} must end in .npz or .safetensors; found {path.suffix or 'no ending'!r}.")
    try:
        return readers[path.suffix](path)
    except OSError as error:
        raise DataError(f"The weights {path} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # of zipfile, zlib, json and numpy, which reads headers as Python
        raise DataError(f"The weights {path} are no {path.suffix} file, or damaged: {error}.") from error


def _npz(path: Path) -> Arrays:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {name: np.asarray(arrays[name], np.float32) for name in arrays}


def _safetensors(path: Path) -> Arrays:
    """Read the format of github.com/huggingface/safetensors: length of a JSON header, the header, the bytes."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    if not 0 < length <= min(_LONGEST_HEADER, len(content) - 8):
        raise ValueError("its header has no length")
    header, data = json.loads(content[8 : 8 + length]), memoryview(content)[8 + length :]
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in _KINDS:
            continue
        first, last = entry["data_offsets"]
        values = np.frombuffer(data[first:last], _KINDS[entry["dtype"]])
        if values.size != math.prod(entry["shape"]):
            raise ValueError(f"{name} is not as long as its shape")
        arrays[name] = values.reshape(entry["shape"]).astype(np.float32)
    return arrays
