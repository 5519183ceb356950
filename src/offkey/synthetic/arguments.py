"""Checking the arguments of the public functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offkey.components import Rule
from offkey.errors import ParameterError
from offkey.synthetic.spectrum import Samples

__all__ = ["check", "sound_array"]


def check(name: str, value: object, rule: Rule) -> None:
    """Raise a ParameterError where an argument breaks its rule."""
    if not rule.holds(value):
        raise ParameterError(f"The argument '{name}' must be {rule}. Got {value!r} instead.")


def sound_array(name: str, samples: ArrayLike, at_least: int) -> Samples:
    """Return a sound as an array, checked: one-dimensional, long enough, finite, not all zero."""
    array = np.asarray(samples, dtype=np.float32)
    if array.ndim != 1 or len(array) < at_least:
        raise ParameterError(
            f"{name} must be a one-dimensional array of at least {at_least} samples. Got shape {array.shape} instead."
        )
    if not np.isfinite(array).all():
        raise ParameterError(f"{name} must hold finite samples only, but some are NaN or infinite.")
    if not array.any():
        raise ParameterError(f"{name} must hold sound, but all its samples are zero.")
    return array
