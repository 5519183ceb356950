"""The machines, sections and domains of a report side by side."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np

from offkey.evaluation.metrics import auc
from offkey.evaluation.score_table import ScoredClip
from offkey.explain.scored import ScoredClips

__all__ = ["compare_groups"]


def compare_groups(scored: ScoredClips) -> list[dict[str, Any]]:
    """Return one row per machine, section and domain, which compares its scores with those of the largest group.

    The shift is the difference of the medians of normal clips, or of all where labels are not known, in units of
    the standard deviation of the largest group.
    """

    def key(clip: ScoredClip) -> tuple[str, str, str]:
        return clip.machine or "", clip.section or "", clip.domain or ""

    parts = {name: list(clips) for name, clips in groupby(sorted(scored.clips, key=key), key=key)}
    if len(parts) < 2:
        return []
    normal = {name: _normal(clips) for name, clips in parts.items()}
    largest = normal[max(normal, key=lambda name: len(normal[name]))]
    spread = float(np.std(largest)) or 1.0
    rows = []
    for name, clips in parts.items():
        labels = np.array([-1 if clip.label is None else clip.label for clip in clips])
        scores = np.array([clip.score for clip in clips])
        called = [clip.anomalous for clip in clips if clip.anomalous is not None and clip.label != 1]
        both = (labels == 1).sum() > 0 and (labels == 0).sum() > 0
        rows.append(
            {
                "name": " ".join(part for part in name if part) or "others",
                "clips": len(clips),
                "median": float(np.median(normal[name])),
                "shift": float(np.median(normal[name]) - np.median(largest)) / spread,
                "called": f"{sum(called)} of {len(called)}" if called else "-",
                "auc": auc(labels[labels >= 0], scores[labels >= 0]) if both else None,
            }
        )
    return rows


def _normal(clips: list[ScoredClip]) -> list[float]:
    normal = [clip.score for clip in clips if clip.label == 0]
    return normal or [clip.score for clip in clips]
