"""A clip as a picture of fixed size: the log-mel spectrogram."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval, OneOf
from offkey.features import FrontEnd
from offkey.features.base import Samples, Vector
from offkey.features.mel import log_mel
from offkey.features.normalisation import normalise_frames

__all__ = ["LogMelImage", "image_of"]

_FLOOR_DB = -120.0
_JOINED = 2  # frames of 32 ms that make a column


class LogMelImage(FrontEnd):
    """The log-mel spectrogram in columns of 64 ms, as one vector.

    Parameters
    ----------
    n_mels : int, default 64
        Number of mel bands, from low to high.
    n_columns : int, default 155
        Number of columns: 155 are 10 s. A shorter clip is repeated; a longer one gives its middle.
    normalisation : {"clip-level", "none"}, default "clip-level"
        Whether a clip's level counts.
    """

    name = "logmel_image"
    rules: ClassVar = {
        "n_mels": Interval(int, 32, 1024),
        "n_columns": Interval(int, 32, 4096),
        "normalisation": OneOf(("clip-level", "none")),
    }

    def __init__(self, *, n_mels: int = 64, n_columns: int = 155, normalisation: str = "clip-level") -> None:
        self.n_mels = n_mels
        self.n_columns = n_columns
        self.normalisation = normalisation

    def vector(self, samples: Samples, rate: int) -> Vector:
        """Return the image row by row, lowest band first, shape (n_mels * n_columns,), in dB."""
        levels = image_of(samples, rate, self.n_mels)
        levels = normalise_frames(levels, self.normalisation)
        n = levels.shape[1]
        first = max(0, (n - self.n_columns) // 2)
        columns = (first + np.arange(self.n_columns)) % n
        return np.ascontiguousarray(levels[:, columns]).reshape(-1)


def image_of(samples: Samples, rate: int, n_mels: int) -> NDArray[np.float32]:
    """Return the log-mel spectrogram of a whole clip in columns of 64 ms, shape (n_mels, n_columns), in dB."""
    levels = log_mel(samples, rate, n_mels=n_mels, floor_db=_FLOOR_DB)
    n = levels.shape[1] // _JOINED
    if not n:
        return levels
    joined: NDArray[np.float32] = levels[:, : n * _JOINED].reshape(n_mels, n, _JOINED).mean(axis=2)
    return joined
