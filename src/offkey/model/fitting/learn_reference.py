"""The reference of a model, learnt by reading some of its training clips once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.distances import distances
from offkey.hearing.batch import Batch
from offkey.hearing.extractor import Extractor
from offkey.hearing.source import Source
from offkey.model.reference import Reference, flac_bytes, levels_of, profile
from offkey.work.thread_pool import Threads

__all__ = ["MOST_HEARD", "learn_reference"]

MOST_HEARD = 48
"""Normal clips that are listened to once more, at most, unless more are to be kept."""


def learn_reference(
    sources: Sequence[Source], batch: Batch, extractor: Extractor, *, keep: int, jobs: int | None = None
) -> Reference:
    """Listen once more to some of the clips that a model was fitted on.

    `keep`: how many clips to keep with their sound: those that stand best for all others by the features.
    `jobs`: number of threads; by default one per processor.
    Returns: of at most `MOST_HEARD` clips or windows, or `keep` if that is more, evenly spread over all.
    """
    from offkey.features.timbre import measure_timbre

    every, names = batch.vectors, batch.names
    scale = every.std(axis=0, dtype=np.float64)
    scale = np.maximum(scale, 0.1 * float(np.sqrt((scale**2).mean())) + 1e-6)  # one that hardly varies must not decide
    most = min(len(batch), max(MOST_HEARD, keep))
    rows = np.unique(np.linspace(0, len(batch) - 1, most).round().astype(int)).tolist()
    vectors = every[rows]
    kept = set(_representative(vectors / scale, keep)) if keep else set()

    def listen(row: int) -> tuple[NDArray[np.float32], NDArray[np.float64], bytes | None]:
        number, window = batch.recording[rows[row]], batch.windows[rows[row]]
        samples = extractor.window(sources[number], window.start_s or 0.0)
        flac = flac_bytes(samples, extractor.rate) if row in kept else None
        return levels_of(samples, extractor.rate), measure_timbre(samples, extractor.rate), flac

    levels, timbre, flacs = zip(*Threads(jobs).map(listen, range(len(rows))), strict=True)
    return Reference(
        names=[names[row] for row in rows],
        spans_s=np.array([(batch.windows[row].start_s, batch.windows[row].end_s) for row in rows], float),
        vectors=vectors,
        scale=scale.astype(np.float32),
        profiles=np.array([profile(of_clip) for of_clip in levels]).astype(np.float16),
        timbre=np.array(timbre),
        sounds={str(row): np.frombuffer(flac, np.uint8) for row, flac in enumerate(flacs) if flac is not None},
    )


def _representative(points: NDArray[Any], n: int) -> list[int]:
    """Return `n` rows that stand for all: always the one that brings all nearest to one that is taken.

    The greedy algorithm for the k-median problem (G. Cornuejols, M. Fisher & G. Nemhauser, "Location of bank
    accounts to optimize float", Management Science 23, 1977).
    """
    among = distances(points, points)
    rows: list[int] = []
    away = np.full(len(points), among.max(initial=0) + 1)
    for _ in range(min(n, len(points))):
        left = np.minimum(among, away).sum(axis=1)
        left[rows] = np.inf
        rows.append(int(np.argmin(left)))
        away = np.minimum(away, among[rows[-1]])
    return rows
