"""Which training clips are remembered where there are more than a detector can compare with."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.detectors.base import Floats

__all__ = ["MEMORY", "MEMORY_RULE", "remembered"]

MEMORY = 4096
"""Training clips that a detector compares with, by default."""

MEMORY_RULE = Interval(int, 16)


def remembered(X: Floats, most: int) -> NDArray[np.intp]:
    """Return the rows of a uniform sample of training clips, all of them where there are no more than `most`.

    A clip is taken for its content alone: those whose features have the lowest digests (bottom-k sampling; E.
    Cohen & H. Kaplan, "Summarizing data using bottom-k sketches", PODC 2007, sec. 2). So it does not matter in which
    order clips come, and a few more of them change the sample by as few.

    Parameters
    ----------
    X : ndarray of float, shape (n, d)
        Features of the training clips.
    most : int
        Size of the sample.

    Returns
    -------
    ndarray of int, shape (min(n, most),)
        In ascending order.
    """
    if len(X) <= most:
        return np.arange(len(X))
    digests = [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in np.ascontiguousarray(X)]
    ranks = np.frombuffer(b"".join(digests), dtype=">u8")
    return np.sort(np.argpartition(ranks, most - 1)[:most])
