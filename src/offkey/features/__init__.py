"""Front ends: sound to features, one vector per clip.

>>> from offkey.features import create
>>> vector = create("logmel").vector(samples, rate)
"""

from offkey.components import Interval, OneOf, SequenceOf, Text
from offkey.features.base import FrontEnd
from offkey.features.checks import check_front_end
from offkey.features.learning import Origin
from offkey.features.registry import create, find, names, restore

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


def __dir__() -> list[str]:
    return __all__
