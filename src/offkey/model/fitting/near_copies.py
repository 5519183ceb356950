"""Near copies: the same moment of sound twice, at another level, encoded again, cut or with a little noise.

They must not vouch for each other: they are held out together, and what they promise they promise once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.features import FrontEnd
from offkey.hearing.batch import Batch, highest
from offkey.hearing.fingerprint import Fingerprint, likeness
from offkey.listing import listing
from offkey.model.fitting.neighbours import nearest

__all__ = ["Sounds", "find_sounds", "gain_direction", "near_copies"]

_NEIGHBOURS = 5  # whose fingerprints are compared: copies are nearer than other clips in nearly all features
_COMMON = 3  # principal axes of the features that are left out once more: what one encoding does to all clips alike
_MOST_NAMED = 3
_OTHERS = 256  # pairs drawn by content, by which it is known how alike sounds of this machine are that are no copies

_LEAST = 0.13
"""Likeness from which on two sounds may be one; of real and synthetic clips, those that are no copies stay below it."""

_OVER_OTHERS = 4.0
"""So many times as alike as others they must be: clips of regular knocks in hardly any noise are alike by these."""

_SURE = 0.7
"""Likeness from which on they are one, however alike all clips are."""


@dataclass(frozen=True)
class Sounds:
    """The sounds that feature vectors are of, near copies being one sound."""

    numbers: NDArray[np.intp]  # shape (n,); the sound of each vector, numbered from 0

    @property
    def count(self) -> int:
        """The number of sounds."""
        return len(np.unique(self.numbers))

    def groups(self, groups: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return groups of vectors, shape (n,), of which those that share a sound are joined."""
        return _joined(groups, self.numbers)

    def highest(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the highest score of each sound, shape (count,): a threshold that all its copies keep."""
        return highest(scores, self.numbers)

    def notes(self, names: Sequence[str]) -> list[str]:
        """Say which clips are near copies, by the name of the recording that each vector belongs to."""
        first: dict[int, str] = {}
        copies: dict[str, str] = {}
        for number, name in sorted(zip(self.numbers.tolist(), names, strict=True), key=lambda item: item[1]):
            if first.setdefault(number, name) != name:
                copies.setdefault(name, first[number])
        if not copies:
            return []
        named = listing((f"{name} ~ {same}" for name, same in copies.items()), _MOST_NAMED)
        return [
            f"{len(copies)} of {len(set(names))} clips are near copies of others, the same sound at another level, "
            f"encoded again, cut or with noise; they are held out together and promise as much as one: {named}."
        ]


def find_sounds(front_end: FrontEnd, rate: int, batch: Batch) -> Sounds:
    """Tell which clips are near copies of each other.

    `batch`: the recordings, with fingerprints; without them each vector is a sound of its own.
    """
    fingerprints = [window.fingerprint for window in batch.windows]
    if all(mark is None for mark in fingerprints):
        return Sounds(np.arange(len(batch)))
    return Sounds(near_copies(batch.vectors, fingerprints, batch.recording, gain_direction(front_end, rate)))


def near_copies(
    vectors: NDArray[np.float32],
    fingerprints: Sequence[Fingerprint | None],
    recording: NDArray[np.intp],
    louder: NDArray[np.float32] | None = None,
) -> NDArray[np.intp]:
    """Return a number for each sound of the training clips, near copies by the same number.

    The nearest neighbours of each by its features, but for its level, are compared by fingerprint, and those that are
    nearest but for what varies most among the clips, as an encoding may. They are near copies where their fingerprints
    are more alike than those of pairs that have nothing to do with each other.

    `vectors`: shape (n, n_features); features, no two rows equal.
    `fingerprints`: of each; one that has none is no copy.
    `recording`: shape (n,); the recording that each belongs to: windows of one recording are not compared.
    `louder`: shape (n_features,); what a higher level adds to the features; with all sounds alike.
    Returns: shape (n,).
    """
    own = np.arange(len(vectors))
    pairs = [(a, b) for a, b in _candidates(vectors, recording, louder) if _both(fingerprints, a, b)]
    if not pairs:
        return own
    half = len(vectors) // 2
    others = [(row, row + half) for row in range(min(half, _OTHERS)) if _both(fingerprints, row, row + half)]
    usual = float(np.median(_likeness(fingerprints, others))) if others else 0.0
    alike = _likeness(fingerprints, pairs) > min(max(_LEAST, _OVER_OTHERS * usual), _SURE)
    copies = np.array([pair for pair, same in zip(pairs, alike, strict=True) if same], int).reshape(-1, 2)
    return _joined(own, own, copies)


def _joined(groups: ArrayLike, more: ArrayLike, pairs: ArrayLike = ()) -> NDArray[np.intp]:
    """Join two groupings of the same rows, and pairs of rows: what is together in any of them comes to one group."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = np.array(pairs, int).reshape(-1, 2)
    for grouping in (np.asarray(groups), np.asarray(more)):
        _, first, number = np.unique(grouping, return_index=True, return_inverse=True)
        links = np.concatenate([links, np.stack([np.arange(len(number)), first[number.reshape(-1)]], axis=1)])
    n = len(np.asarray(groups))
    graph = coo_array((np.ones(len(links), bool), (links[:, 0], links[:, 1])), shape=(n, n))
    numbers: NDArray[np.intp] = connected_components(graph, directed=False)[1].astype(np.intp)
    return numbers


def gain_direction(front_end: FrontEnd, rate: int) -> NDArray[np.float32]:
    """Return how the features change when a sound, of the front end's least length and white, gets twice as loud."""
    noise = np.random.default_rng(0).standard_normal(max(rate // 4, front_end.min_samples(rate))).astype(np.float32)
    quiet = np.float32(0.05) * noise
    return front_end.vector(2 * quiet, rate) - front_end.vector(quiet, rate)


def _candidates(
    vectors: NDArray[np.float32], recording: NDArray[np.intp], louder: NDArray[np.float32] | None
) -> list[tuple[int, int]]:
    """Return each row with those nearest to it among other recordings, but for their level, each pair once."""
    spread = vectors.std(axis=0)
    spread[spread == 0] = 1
    points = (vectors - vectors.mean(axis=0)) / spread
    if louder is not None and (louder / spread).any():
        along = louder / spread
        along /= np.linalg.norm(along)
        points -= np.outer(points @ along, along)
    pairs = set()
    for seen in (points, _without_common(points)):
        near = nearest(seen, recording, min(_NEIGHBOURS, len(seen) - 1)).tolist()
        every = [(row, other) for row, others in enumerate(near) for other in others]
        pairs |= {(min(pair), max(pair)) for pair in every if recording[pair[0]] != recording[pair[1]]}
    return sorted(pairs)


def _without_common(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Leave out the axes along which the points vary most; shape (n, n_features)."""
    n, n_features = points.shape
    if n < n_features:  # thousands of frames would make a matrix that no memory holds
        axes = np.linalg.eigh(points @ points.T)[1][:, -_COMMON:]
        return np.asarray(points - axes @ (axes.T @ points))
    axes = np.linalg.eigh(points.T @ points)[1][:, -_COMMON:]
    return np.asarray(points - (points @ axes) @ axes.T)


def _likeness(fingerprints: Sequence[Fingerprint | None], pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    one, other = (
        [prints for row in rows if (prints := fingerprints[row]) is not None] for rows in zip(*pairs, strict=True)
    )
    return likeness(one, other)


def _both(fingerprints: Sequence[Fingerprint | None], one: int, other: int) -> bool:
    return fingerprints[one] is not None and fingerprints[other] is not None
