"""The memory of detectors that compare with training clips, where there are more than they can compare with."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from numpy.typing import NDArray

from offkey.components import Interval
from offkey.detectors.base import Detector, Floats
from offkey.detectors.distances import Cloud

__all__ = ["MEMORY", "MEMORY_RULE", "Remembering", "prototypes", "remembered", "sampled"]

MEMORY = 2048
"""Training clips that a detector compares with, by default."""

MEMORY_RULE = Interval(int, 16)


_ROWS = 1024  # clips whose distances are held at a time
_STEPS = 10  # of k-means, after which its groups hardly change


class Remembering(Detector, ABC):
    """Base of detectors that compare with training clips, and can do so with fewer of them.

    Attributes
    ----------
    memory : int
        The most clips that are compared with.
    clips_ : ndarray of float, shape (n_clips, n_features)
        Those clips, as the detector sees them.
    """

    memory: int
    clips_: Floats

    def smaller(self, memory: int) -> Self:
        """Return the same detector that compares with fewer clips: prototypes of those that it compares with now.

        Its scores are not those of before: the clips lie farther apart, so that a normal clip is farther from all, and
        they are farther from each other, by which many detectors divide.

        Parameters
        ----------
        memory : int
            Number of clips; the detector itself where it remembers no more.

        Returns
        -------
        Self
        """
        if len(self.clips_) <= memory:
            return self
        fewer = type(self)(**{**self.params(), "memory": memory})
        vars(fewer).update({name: value for name, value in vars(self).items() if name.endswith("_")})
        fewer._remember(prototypes(self.clips_, memory))
        return fewer

    def known_rows(self) -> Floats:
        """Return the features of the clips that are remembered, shape (n_clips, n_features), domains moved together."""
        return self.clips_

    @abstractmethod
    def _remember(self, clips: Floats) -> None:
        """Learn from the clips that are compared with, as the detector sees them; set `clips_`."""


def remembered(X: Floats, most: int) -> Floats:
    """Return what a detector compares with: the training clips, or of more than `most` the means of so many groups.

    The groups are those of the clips nearest to each of a uniform sample, so that this is one step of k-means
    (S. Lloyd, IEEE Trans. Inf. Theory 28, 1982) from there. It costs one comparison of each clip with the
    sample, and keeps more of what a sample alone loses: on mean spectra of MIMII's machines, a quarter of the
    clips as a sample took 0.034 off the AUC of `local_density`, as means 0.019.

    `X`: shape (n, d); features of the training clips.
    Returns: shape (min(n, most), d); a copy.
    """
    chosen = X[sampled(X, most)]
    if len(chosen) == len(X):
        return chosen
    return _step(X, chosen)


def prototypes(X: Floats, most: int) -> Floats:
    """Return the means of so many groups of clips, by k-means from a sample by digest; all where there are no more.

    S. Lloyd's algorithm as in `remembered`, but until the groups stay or for ten steps: the fewer the groups, the more
    these bring. On mean spectra of MIMII's fan 00, 128 groups of 674 clips took 0.07 off the AUC of `fused` after one
    step, and 0.05 after ten.

    `X`: shape (n, d).
    Returns: shape (min(n, most), d); a copy.
    """
    chosen = X[sampled(X, most)]
    if len(chosen) == len(X):
        return chosen
    for _ in range(_STEPS):
        before, chosen = chosen, _step(X, chosen)
        if np.array_equal(before, chosen):
            break
    return chosen


def _step(X: Floats, centres: Floats) -> Floats:
    """Return the mean of the clips nearest to each centre, and the centre itself where there are none."""
    cloud, sums, counts = Cloud(centres), np.zeros_like(centres), np.zeros(len(centres))
    for start in range(0, len(X), _ROWS):
        some = X[start : start + _ROWS]
        nearest = cloud.nearest(some, 1).rows[:, 0]
        np.add.at(sums, nearest, some)
        np.add.at(counts, nearest, 1)
    filled = counts > 0  # of equal centres, all but one have no clip of their own
    moved = centres.copy()
    moved[filled] = sums[filled] / counts[filled, None]
    return moved


def sampled(X: Floats, most: int) -> NDArray[np.intp]:
    """Return the rows of a uniform sample of training clips, all of them where there are no more than `most`.

    A clip is taken for its content alone: those whose features have the lowest digests (bottom-k sampling; E.
    Cohen & H. Kaplan, "Summarizing data using bottom-k sketches", PODC 2007, sec. 2). So it does not matter in which
    order clips come, and a few more of them change the sample by as few.

    `X`: shape (n, d); features of the training clips.
    `most`: size of the sample.
    Returns: shape (min(n, most),); in ascending order.
    """
    if len(X) <= most:
        return np.arange(len(X))
    digests = [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in np.ascontiguousarray(X)]
    ranks = np.frombuffer(b"".join(digests), dtype=">u8")
    return np.sort(np.argpartition(ranks, most - 1)[:most])
