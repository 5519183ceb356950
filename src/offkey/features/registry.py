"""The front ends by name, those of other packages among them."""

from __future__ import annotations

from offkey.components import Registry
from offkey.features.base import FrontEnd

__all__ = ["create", "find", "names", "restore"]

_REGISTRY: Registry[FrontEnd] = Registry(
    "front end",
    FrontEnd,  # type: ignore[type-abstract]
    "offkey.features",
    {
        "logmel": "offkey.features.logmel:LogMel",
        "mfcc": "offkey.features.mfcc:MFCC",
        "spectrum": "offkey.features.spectrum:Spectrum",
        "stats": "offkey.features.stats:Stats",
        "levels": "offkey.features.levels:Levels",
        "frames": "offkey.features.sequence:Frames",
        "onnx": "offkey.features.embedding.onnx_model:OnnxModel",
        "hub": "offkey.features.embedding.hub_model:HubModel",
        "discriminative": "offkey.learned.discriminative.front_end:Discriminative",
    },
)

names, find, create, restore = _REGISTRY.names, _REGISTRY.find, _REGISTRY.create, _REGISTRY.restore
