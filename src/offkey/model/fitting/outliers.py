"""Training clips unlike all others: said, so that somebody listens to them before a fault is learnt as normal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offkey.features.parts import FeaturePart
from offkey.listing import listing
from offkey.model.fitting.neighbours import nearest

__all__ = ["describe_outliers"]

_FEWEST = 20  # sounds, below which it is not known how alike clips are
_NEIGHBOURS = 3  # whose mean a clip is compared with
_PARTS = 50  # one part of the features in so many must stand out as far
_FAR = 5.0  # times as far beyond the median as nine of ten clips are, as logarithms; hardly any honest clip is
_TWICE_DB, _NEARLY_DB = 6.02, 0.5  # what twice the amplitude adds to a level


def describe_outliers(
    vectors: NDArray[np.float32],
    sounds: NDArray[np.intp],
    parts: Sequence[FeaturePart],
    louder: NDArray[np.float32] | None,
    names: Sequence[str],
) -> list[str]:
    """Say in a sentence which training clips are unlike all others, and in what; an empty list if none is.

    Each clip is compared with the mean of those nearest to it, part by part of the features, in units of what is usual
    among all; a clip is named whose parts stand out far more than those of nine of ten.

    `vectors`: shape (n, n_features); Features.
    `sounds`: shape (n,); near copies have the same number, and do not vouch for each other.
    `parts`: what of the features belongs together; where there are none, each column stands alone.
    `louder`: shape (n_features,); what twice the amplitude adds to the features; without it no levels are told.
    `names`: shape (n,); the recording that each belongs to.
    """
    if len(np.unique(sounds)) < _FEWEST:
        return []
    if louder is None or len(louder) != vectors.shape[1]:  # features that do not come from the front end
        parts, louder = [], None
    spread = vectors.std(axis=0)
    spread[spread == 0] = 1
    near = nearest(vectors / spread, sounds, _NEIGHBOURS)
    away = vectors - sum(vectors[near[:, place]] for place in range(_NEIGHBOURS)) / np.float32(_NEIGHBOURS)
    usual = np.median(np.abs(away), axis=0)
    usual = np.maximum(usual, np.median(usual) / 4 + np.finfo(np.float32).tiny)  # steady ones must not decide
    columns = [list(part.columns) for part in parts] or [[column] for column in range(vectors.shape[1])]
    power = (away / usual) ** 2
    out = np.sqrt(np.stack([power[:, some].mean(axis=1) for some in columns], axis=1))
    far = np.log(np.sort(out, axis=1)[:, -max(1, len(columns) // _PARTS)] + np.finfo(np.float32).tiny)
    middle, high = np.quantile(far, [0.5, 0.9])
    rows = [int(row) for row in np.argsort(-far, kind="stable") if far[row] > middle + _FAR * (high - middle)]
    found = dict.fromkeys(names[row] for row in rows)
    if not found:
        return []
    first = {names[row]: row for row in reversed(rows)}
    named = [f"{name}{_words(out[first[name]], away[first[name]], parts, louder)}" for name in found]
    return [f"listen to these clips, they differ from all others that were learnt: {listing(named)}."]


def _words(
    out: NDArray[np.float32],
    away: NDArray[np.float32],
    parts: Sequence[FeaturePart],
    louder: NDArray[np.float32] | None,
) -> str:
    """Say in what a clip is unlike others, such as ``" (12 dB louder between 2100 and 4000 Hz)"``."""
    if louder is None:
        return ""
    levels = np.abs(louder - _TWICE_DB) < _NEARLY_DB
    bands = [
        (part.low_hz, part.high_hz, float(out[place]), [column for column in part.columns if levels[column]])
        for place, part in enumerate(parts)
    ]
    known = [(low, high, far, some) for low, high, far, some in bands if low is not None and high is not None and some]
    if not known:
        return ""
    top = peak = int(np.argmax([far for *_, far, _ in known]))
    bottom = peak
    while bottom > 0 and known[bottom - 1][2] > known[peak][2] / 2:
        bottom -= 1
    while top < len(known) - 1 and known[top + 1][2] > known[peak][2] / 2:
        top += 1
    of_level = [column for *_, some in known[bottom : top + 1] for column in some]
    level_db = float(np.mean(away[of_level]))
    word = "louder" if level_db > 0 else "quieter"
    return f" ({abs(level_db):.0f} dB {word} between {known[bottom][0]:.0f} and {known[top][1]:.0f} Hz)"
