"""The clips that a model learnt from, with the scores that they got while they were held out.

A model scores a clip that it learnt from lower than an equal one that it never heard. Its cross-validated score, from
a copy of the detector that did not see it, is the one to set beside those of other clips.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.audio import FileRecording
from offkey.errors import AudioError, ParameterError
from offkey.hearing.batch import highest

if TYPE_CHECKING:
    from offkey.model.model import Model
    from offkey.model.result import Scored
from offkey.work.thread_pool import Threads

__all__ = ["LearntClips", "held_out", "mark_learnt"]

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
    """Return what tells how a file begins, None if it cannot be read or is a device or pipe."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as content:
            return hashlib.sha256(content.read(_START)).digest()[:_BYTES]
    except OSError:
        return None


def held_out(model: Model, result: Scored, digest: str) -> Scored:
    """Return the result of a recording as it was while the recording was held out.

    Returns: with the cross-validated score and its p-value where the model learnt from the recording; else as it was.
    """
    score = None if model.learnt is None else model.learnt.score(digest)
    if score is None:
        return result
    p_value = float(model.calibration.p_values([score])[0])
    return replace(result, score=score, p_value=p_value, anomalous=score > model.threshold.value)


def mark_learnt(model: Model, files: Iterable[Path], *, jobs: int | None = None) -> dict[Path, float]:
    """Return the files that a model learnt from, with their cross-validated scores.

    `model`: the model; one that keeps no such scores knows of none.
    `files`: recordings, which are identified by their bytes.
    `jobs`: how many are read at a time; by default one per processor.
    """
    learnt, files = model.learnt, list(files)
    if learnt is None:
        return {}

    def score(file: Path) -> float | None:
        try:
            return learnt.score(FileRecording(file).digest()) if learnt.may_hold(file) else None
        except AudioError:
            return None

    found = zip(files, Threads(jobs).read(score, files), strict=True)
    return {file: score for file, score in found if score is not None}
