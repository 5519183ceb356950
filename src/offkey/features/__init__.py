"""Front ends: sound to features, one vector a clip.

>>> from offkey.features import create
>>> vector = create("logmel").vector(samples, rate)  # doctest: +SKIP
"""

from typing import Any

from offkey.components import Registry
from offkey.features.base import FrontEnd

__all__ = ["FrontEnd", "create", "find", "names"]

_REGISTRY: Registry[FrontEnd] = Registry(
    "front end",
    FrontEnd,  # type: ignore[type-abstract]
    "offkey.features",
    {
        "logmel": "offkey.features.logmel:LogMel",
        "mfcc": "offkey.features.mfcc:MFCC",
        "spectrum": "offkey.features.spectrum:Spectrum",
        "stats": "offkey.features.stats:Stats",
    },
)


def names() -> list[str]:
    """Return the names of all front ends, the built-in ones first."""
    return _REGISTRY.names()


def find(name: str) -> type[FrontEnd]:
    """Return the class of the front end `name`; a ParameterError lists the names if there is none."""
    return _REGISTRY.find(name)


def create(name: str, **params: Any) -> FrontEnd:
    """Return a new front end by name.

    Parameters
    ----------
    name : str
        One of `names()`.
    **params
        Its constructor arguments.

    Returns
    -------
    FrontEnd

    Raises
    ------
    ParameterError
        If the name or a parameter is unknown, or a value breaks its rule.
    """
    return _REGISTRY.create(name, **params)
