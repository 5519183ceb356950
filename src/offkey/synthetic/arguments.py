"""Checking the arguments of the public functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offkey.components import Rule
from offkey.errors import ParameterError
from offkey.synthetic.spectrum import Samples

__all__ = ["check", "sound_array"]


def check(name: str, value: object, rule: Rule) -> None:
    """Check an argument against a rule.

    Parameters
    ----------
    name : str
        Name of the argument.
    value : object
        Its value.
    rule : Rule
        What it must be.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not rule.holds(value):
        raise ParameterError(f"The argument '{name}' must be {rule}. Got {value!r} instead.")


def sound_array(name: str, samples: ArrayLike, at_least: int) -> Samples:
    """Return a sound as an array, checked.

    Parameters
    ----------
    name : str
        What the sound is, for the message.
    samples : array_like of float, shape (n,)
        The sound.
    at_least : int
        The fewest samples that it must have.

    Returns
    -------
    ndarray of float32, shape (n,)
        The sound.

    Raises
    ------
    ParameterError
        If it is not one-dimensional, too short, not finite, or all zero.
    """
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
