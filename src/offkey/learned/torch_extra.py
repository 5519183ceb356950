"""The one door to torch, which is an extra, and brings onnx, by which what was trained is kept."""

from __future__ import annotations

import os
from types import ModuleType

from offkey.errors import ParameterError, check_installed, require

__all__ = ["DEVICE_VARIABLE", "pick_device", "torch"]

DEVICE_VARIABLE = "OFFKEY_DEVICE"
"""Environment variable that says what "auto" is; the device is no part of a model's configuration."""


def torch(purpose: str) -> ModuleType:
    """Return the module torch; `purpose` is the subject of the error without it: "Training an autoencoder"."""
    library = require("torch", "torch", purpose)
    check_installed("torch", purpose, "onnx")  # before hours of training, at whose end it would be missing
    return library


def pick_device(name: str, purpose: str = "Training") -> str:
    """Return the device to train on, or raise ParameterError if there is no such device.

    ``"auto"`` is what `DEVICE_VARIABLE` says, else a GPU if there is one, else the CPU. Other names are torch's:
    ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``.
    """
    library = torch(purpose)
    name = os.environ.get(DEVICE_VARIABLE, name) if name == "auto" else name
    if name == "auto":
        return "cuda" if library.cuda.is_available() else "mps" if library.backends.mps.is_available() else "cpu"
    try:
        library.empty(0, device=name)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        gpus = [f"cuda:{number}" for number in range(library.cuda.device_count())]
        there = ", ".join(["auto", "cpu", *gpus, *(["mps"] if library.backends.mps.is_available() else [])])
        raise ParameterError(f"There is no device {name!r} on this machine: expected one of {there}.") from error
    return name
