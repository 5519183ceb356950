"""The clips that a model learnt from, with the scores that they got while they were held out.

A model scores a clip that it learnt from lower than an equal one that it never heard. Its cross-validated score, from
a copy of the detector that did not see it, is the one to set beside those of other clips.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ParameterError
from offkey.hearing.batch import highest

__all__ = ["LearntClips"]

_START = 16_384
_BYTES = 8  # of a digest: enough to tell clips apart, and few in the file


@dataclass(frozen=True)
class LearntClips:
    """Recordings by their content.

    `digests`: shape (n_clips, 8); the first bytes of the SHA-256 digest of each recording, in ascending order.
    `scores`: shape (n_clips,); Cross-validated score of each, of a recording in windows that of its most anomalous
        window.
    `starts`: shape (n_starts, 8); the same of the first 16 KiB of each file: what begins otherwise need not be read
        whole. None: unknown.
    """

    digests: NDArray[np.uint8]
    scores: NDArray[np.float64]
    starts: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        n = len(self.scores)
        fits = self.digests.dtype == np.uint8 and self.digests.shape == (n, _BYTES) and self.scores.shape == (n,)
        if self.starts is not None:
            fits = fits and self.starts.dtype == np.uint8 and self.starts.shape[1:] == (_BYTES,)
        if not fits or not np.isfinite(self.scores).all():
            raise ParameterError(
                f"The clips learnt from must have digests of {_BYTES} bytes and a finite score each. "
                f"Got arrays of shape {self.digests.shape} and {self.scores.shape} instead."
            )
        begun = None if self.starts is None else frozenset(map(bytes, self.starts))
        object.__setattr__(self, "_begun", begun)
        object.__setattr__(self, "_by_digest", dict(zip(map(bytes, self.digests), self.scores.tolist(), strict=True)))

    @classmethod
    def of(cls, digests: Sequence[str], scores: NDArray[np.float64]) -> LearntClips | None:
        """Return the recordings that feature vectors come from, None where no digests were taken.

        `digests`: SHA-256 of the recording that each vector comes from, in hexadecimal digits.
        `scores`: shape (n_vectors,); Cross-validated score of each vector.
        """
        keys = [bytes.fromhex(digest[: 2 * _BYTES]) for digest in digests]
        if not all(keys):
            return None
        distinct = sorted(set(keys))
        number = {key: row for row, key in enumerate(distinct)}
        rows = np.frombuffer(b"".join(distinct), np.uint8).reshape(len(distinct), _BYTES)
        return cls(rows, highest(scores, [number[key] for key in keys]))

    def state(self) -> dict[str, NDArray[Any] | None]:
        """Return what stands in a model file."""
        return {"digests": self.digests, "scores": self.scores, "starts": self.starts}

    def with_starts(self, files: Iterable[object]) -> LearntClips:
        """Return the same with how the files begin; without, if one of them is no file."""
        starts = {_start(file) if isinstance(file, Path) else None for file in files}
        known = sorted(start for start in starts if start is not None)
        if None in starts or not known:
            return self
        return replace(self, starts=np.frombuffer(b"".join(known), np.uint8).reshape(len(known), _BYTES))

    def may_hold(self, file: Path) -> bool:
        """Tell whether a file begins as one of the recordings does, or that is not known."""
        begun: frozenset[bytes] | None = self._begun  # type: ignore[attr-defined]
        return begun is None or _start(file) in begun

    def score(self, digest: str) -> float | None:
        """Return the cross-validated score of the recording with a SHA-256 digest, None if it was not learnt from."""
        known: dict[bytes, float] = self._by_digest  # type: ignore[attr-defined]
        return known.get(bytes.fromhex(digest[: 2 * _BYTES]))


def _start(file: Path) -> bytes | None:
    """Return a digest of how a file begins, None if it cannot be read or is a device or pipe."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as content:
            return hashlib.sha256(content.read(_START)).digest()[:_BYTES]
    except OSError:
        return None
