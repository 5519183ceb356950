"""Front ends: sound to features, one vector a clip.

>>> from offkey.features import create
>>> vector = create("logmel").vector(samples, rate)
"""

from offkey.components import Interval, OneOf, Registry, SequenceOf, Text
from offkey.features.base import FrontEnd
from offkey.features.learning import Origin

__all__ = [
    "FrontEnd",
    "Interval",
    "OneOf",
    "Origin",
    "SequenceOf",
    "Text",
    "check_front_end",
    "create",
    "find",
    "names",
    "restore",
]

_REGISTRY: Registry[FrontEnd] = Registry(
    "front end",
    FrontEnd,  # type: ignore[type-abstract]
    "offkey.features",
    {
        "logmel": "offkey.features.logmel:LogMel",
        "mfcc": "offkey.features.mfcc:MFCC",
        "spectrum": "offkey.features.spectrum:Spectrum",
        "stats": "offkey.features.stats:Stats",
        "frames": "offkey.features.sequence:Frames",
        "onnx": "offkey.features.embedding.onnx_model:OnnxModel",
        "hub": "offkey.features.embedding.hub_model:HubModel",
        "discriminative": "offkey.learned.discriminative.front_end:Discriminative",
    },
)

names, find, create, restore = _REGISTRY.names, _REGISTRY.find, _REGISTRY.create, _REGISTRY.restore


def __dir__() -> list[str]:
    return __all__


from offkey.features.checks import check_front_end  # noqa: E402 - it asks the registry
