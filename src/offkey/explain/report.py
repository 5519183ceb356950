"""The report of scored clips: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from offkey._version import __version__
from offkey.errors import OffkeyError
from offkey.evaluation.metrics import auc, pauc
from offkey.evaluation.pictures import COLOURS, roc_picture, score_picture
from offkey.evaluation.score_table import ScoredClip
from offkey.explain.explaining import explain
from offkey.explain.output import shown
from offkey.explain.scored import ScoredClips
from offkey.files import atomic_text
from offkey.model import Model
from offkey.model.result import Scored
from offkey.model.shift import Shift, shift_of
from offkey.pages import render

__all__ = ["write_report"]

_MOST_ROWS = 500
_OPEN = 3  # explanations that are shown from the start
_DPI = 100


def write_report(
    scored: ScoredClips,
    path: Path,
    *,
    model: Model | None = None,
    top: int = 20,
    advance: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Write the HTML report of scored clips, explaining the `top` most anomalous if the model is given.

    Returns ``clips``, ``anomalous``, ``failed``, ``explained``, ``auc`` and ``pauc``, None without labels, and
    ``shift`` (None without a model).
    """
    cards = []
    for rank, clip in enumerate(scored.clips[:top] if model else [], start=1):
        cards.append({"rank": rank, "clip": clip, "opened": rank <= _OPEN, **_card(model, scored, clip)})
        advance()
    known = scored.labels >= 0
    labels, scores = scored.labels[known], scored.scores[known]
    both = 0 < labels.sum() < len(labels)
    called = [clip.anomalous for clip in scored.clips if clip.anomalous is not None]
    summary = {
        "clips": len(scored.clips),
        "anomalous": sum(called) if called else None,
        "failed": len(scored.failed),
        "explained": sum(card["explained"] is not None for card in cards),
        "auc": auc(labels, scores) if both else None,
        "pauc": pauc(labels, scores) if both else None,
        "shift": None if model is None else _shift(model, scored).to_dict(),
    }
    page = render(
        "offkey.explain",
        "report.html.j2",
        title=scored.title,
        version=__version__,
        scored=scored,
        summary=summary,
        histogram=score_picture(scored, "Histogram of the anomaly scores"),
        roc=roc_picture([_LabelledClips(scored)], [""], COLOURS[:1], "ROC curve") if both else None,
        groups=_groups(scored),
        cards=cards,
        rows=scored.clips[:_MOST_ROWS],
        model=None if model is None else _about(model),
        changed=None if model is None else _shift(model, scored).sentence,
    )
    with atomic_text(path) as file:
        file.write(page)
    return summary


def _shift(model: Model, scored: ScoredClips) -> Shift:
    """Return whether the clips that are not known to be anomalous alarm more often than was promised."""
    clips = [clip for clip in scored.clips if clip.label != 1]
    p_values = model.calibration.p_values([clip.score for clip in clips]).tolist()
    results = [
        Scored(str(row), None, None, clip.score, p_value, clip.score > model.threshold.value)
        for row, (clip, p_value) in enumerate(zip(clips, p_values, strict=True))
    ]
    return shift_of(model, results)


class _LabelledClips:
    """The clips whose label is known, as the pictures take them."""

    def __init__(self, scored: ScoredClips) -> None:
        known = scored.labels >= 0
        self.scores, self.labels, self.domains = scored.scores[known], scored.labels[known], scored.domains[known]
        self.threshold = scored.threshold


def _card(model: Model | None, scored: ScoredClips, clip: ScoredClip) -> dict[str, Any]:
    """Return the explanation of a clip, or the reason why there is none."""
    source = scored.path_of(clip)
    if model is None or source is None:
        return {"explained": None, "error": f"{clip.file} is not where the scores say: its sound cannot be shown."}
    try:
        return {"explained": shown(explain(model, source), dpi=_DPI), "error": ""}
    except OffkeyError as error:
        return {"explained": None, "error": str(error)}


def _groups(scored: ScoredClips) -> list[dict[str, Any]]:
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


def _about(model: Model) -> list[tuple[str, str]]:
    """Return what the model is, in terms and words."""
    on, threshold = model.fitted_on, model.threshold
    kept = 0 if model.reference is None else len(model.reference.sounds)
    promise = ", extrapolated beyond what the normal clips can promise" if threshold.extrapolated else ""
    return [
        ("front end", f"{model.front_end.name}, at {model.rate:,} Hz, channel {model.config.channel}"),
        ("detector", f"{model.detector.name}, on {model.detector.n_features_} features"),
        ("learnt from", f"{on.clips} normal clips, {on.seconds:.0f} s of sound; {len(on.left_out)} left out"),
        ("domains", ", ".join(f"{name}: {count}" for name, count in on.domains.items()) or "not told"),
        ("threshold", f"{threshold.value:.4g}, for a false-alarm rate of {threshold.false_alarm_rate:g}{promise}"),
        ("normal clips kept", str(kept)),
    ]
