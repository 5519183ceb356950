"""The axes of a network's output, as letters, and the one order that pooling expects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ParameterError

__all__ = ["AXES", "arrange", "default_axes", "grid"]

AXES = {"n": "patch or batch", "t": "time", "b": "band", "d": "embedding dimension"}
"""The letters that describe an output, one an axis, such as ``"ntd"``."""

_DEFAULTS = {1: "d", 2: "nd", 3: "ntd", 4: "ndtb"}


def default_axes(ndim: int) -> str:
    """Return what the axes of an output usually mean: ``nd`` an embedding a patch, ``ndtb`` a convolution's maps."""
    if ndim not in _DEFAULTS:
        raise ParameterError(f"An output of {ndim} axes has no usual order: say it with 'axes', of the letters ntbd.")
    return _DEFAULTS[ndim]


def arrange(output: NDArray[np.float32], axes: str) -> NDArray[np.float32]:
    """Bring an output to the order of embedding dimension, band, time.

    Returns: shape (n_dims, n_bands, n_frames); patch and time joined to frames; an axis that there is not has length 1.
    """
    if len(axes) != output.ndim or set(axes) - set(AXES) or len(set(axes)) != len(axes):
        raise ParameterError(
            f"The 'axes' of an output of shape {output.shape} must be {output.ndim} different letters of "
            f"n (patch), t (time), b (band), d (embedding dimension). Got {axes!r} instead."
        )
    size = dict(zip(axes, output.shape, strict=True))
    ordered = output.transpose([axes.index(letter) for letter in "dbnt" if letter in axes])
    return ordered.reshape(size.get("d", 1), size.get("b", 1), size.get("n", 1) * size.get("t", 1))


def grid(
    tokens: NDArray[np.float32], n_bands: int, *, bands_first: bool, n_special: int | None = None
) -> NDArray[np.float32]:
    """Arrange the tokens of a transformer that reads patches of a spectrogram.

    `tokens`: shape (n_tokens, n_dims); tokens of no place, such as the class token, before those of the patches.
    `bands_first`: whether the tokens of one band follow one another, rather than those of one time.
    `n_special`: number of tokens without a place; by default what whole bands leave over.
    Returns: shape (n_dims, n_bands, n_frames); the tokens that have a place.
    """
    n_frames = (len(tokens) - (n_special or 0)) // n_bands
    if n_frames == 0:
        raise ParameterError(f"There are {len(tokens)} tokens, fewer than the {n_bands} bands of 'token_bands'.")
    placed = tokens[len(tokens) - n_bands * n_frames :]
    shape = (n_bands, n_frames, -1) if bands_first else (n_frames, n_bands, -1)
    return placed.reshape(shape).transpose((2, 0, 1) if bands_first else (2, 1, 0))
