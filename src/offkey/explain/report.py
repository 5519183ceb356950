"""The report of scored clips: one HTML file that needs nothing else, with the page of the machine first."""

from __future__ import annotations

from collections.abc import Callable
from math import isclose
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from offkey._version import __version__
from offkey.errors import OffkeyError
from offkey.evaluation.metrics import auc, pauc
from offkey.evaluation.pictures import COLOURS, roc_picture, score_picture
from offkey.evaluation.score_table import ScoredClip
from offkey.explain.listening import card_of, explain_window
from offkey.explain.machine_page import ClipCard, MachinePage, machine_page, score_words
from offkey.explain.report_groups import compare_groups
from offkey.explain.scored import ScoredClips, windows_of
from offkey.files import atomic_text
from offkey.model import Model
from offkey.model.model_words import describe_model
from offkey.model.result import Scored
from offkey.model.shift import shift_of
from offkey.model.verdict import Verdict, verdict_of
from offkey.model.verdict_words import place, shift_note, verdict_json
from offkey.pages import render

__all__ = ["write_report"]

_HINT = "Red is louder than normal, blue is quieter. Normal: the most alike of the normal clips that can be heard."
_ALONE = "To hear a normal clip beside each, fit with --keep-references 8."
_OTHER = (
    "The scores are not those of this model: {file} has {found:.4g} where the model gives {expected:.4g}. They come "
    "from another model, or from before it was recalibrated: score the clips again."
)
_MOST_ROWS = 500
_SAME = {"rel_tol": 0.01, "abs_tol": 0.01}  # of scores, which tables may hold rounded
_UNKNOWN_ROWS = 50  # of clips of which it is not known whether they are anomalous


def write_report(
    scored: ScoredClips,
    path: Path,
    *,
    model: Model | None = None,
    name: str = "",
    top: int = 3,
    advance: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Write the HTML report of scored clips; with their model, the verdict on the machine comes first.

    `name`: of the machine.
    `top`: how many of the most anomalous clips are explained and can be heard.

    Returns ``clips``, ``anomalous``, ``failed``, ``explained``, ``auc`` and ``pauc`` (None without labels), ``shift``
    and ``verdict`` (None without a model), and with a model ``of_another_model``: a sentence if the scores are not its.
    ``notes``: sentences on the recordings and the scores, for people.
    """
    page, of_model = None, dict[str, Any]()
    if model is not None:
        page, of_model = _of_model(model, scored, name or scored.title, top, advance)
    known = scored.labels >= 0
    labels, scores = scored.labels[known], scored.scores[known]
    both = 0 < labels.sum() < len(labels)
    called = [clip.anomalous for clip in scored.clips if clip.anomalous is not None]
    listed = [clip for clip in scored.clips if clip.anomalous] if called else scored.clips[:_UNKNOWN_ROWS]
    summary = {
        "clips": len(scored.clips),
        "anomalous": sum(called) if called else None,
        "failed": len(scored.failed),
        "explained": sum(bool(card.players) for card in page.cards) if page else 0,
        "auc": auc(labels, scores) if both else None,
        "pauc": pauc(labels, scores) if both else None,
        "shift": None,
        "verdict": None,
        "notes": [],
        **of_model,
    }
    content = render(
        "offkey.explain",
        "report.html.j2",
        title=name or scored.title,
        version=__version__,
        scored=scored,
        summary=summary,
        page=page,
        histogram=score_picture(
            _NewWindows(scored),
            "Histogram of the anomaly scores",
            None if model is None else model.calibration.normal_scores,
        ),
        roc=roc_picture([_LabelledClips(scored)], [""], COLOURS[:1], "ROC curve") if both else None,
        groups=compare_groups(scored),
        rows=listed[:_MOST_ROWS],
        more=max(0, len(listed) - _MOST_ROWS),
        columns=_columns(listed),
        about=None if model is None else _about(model),
    )
    with atomic_text(path) as file:
        file.write(content)
    return summary


def _of_model(
    model: Model, scored: ScoredClips, name: str, top: int, advance: Callable[[], None]
) -> tuple[MachinePage, dict[str, Any]]:
    """Return the page of the machine, and what the model says of the clips in numbers."""
    windows = windows_of(scored, model)
    verdict = verdict_of(model, windows, learnt=scored.learnt, files=scored.paths)
    cards, other = [], ""
    for window in _to_explain(verdict, top):
        card, score = _card(model, scored, verdict, window)
        if score is not None and window.file not in scored.learnt and not isclose(score, window.score, **_SAME):
            other = other or _OTHER.format(file=PurePath(window.file).name, found=window.score, expected=score)
        cards.append(card)
        advance()
    anomalies = {clip.file for clip in scored.clips if clip.label == 1}
    shift = shift_of(model, [window for window in windows if window.file not in anomalies])
    page = machine_page(name, model, verdict).with_cards(
        cards, _HINT if any(len(card.players) > 1 for card in cards) else _ALONE
    )
    note = shift_note(shift, verdict)
    said = {"shift": shift.to_dict(), "verdict": verdict_json(verdict), "of_another_model": other or None}
    return page.with_note(other or note), {**said, "notes": [text for text in (note, other) if text]}


def _to_explain(verdict: Verdict, top: int) -> list[Scored]:
    """Return the clips that the verdict proposes to listen to, then further anomalous ones."""
    chosen = verdict.listen[:top]
    if len(chosen) < top:
        taken = {window.file for window in chosen}
        ranked = sorted(verdict.windows, key=lambda window: -window.score)
        best = {window.file: window for window in reversed(ranked) if window.anomalous and window.file not in taken}
        chosen += sorted(best.values(), key=lambda window: -window.score)[: top - len(chosen)]
    return chosen


def _card(model: Model, scored: ScoredClips, verdict: Verdict, window: Scored) -> tuple[ClipCard, float | None]:
    """Return a clip to listen to with its explanation, or the reason why there is none; and its score by the model."""
    title, score = place(verdict, window), score_words(model, window)
    source = scored.paths.get(window.file)
    if source is None:
        why = f"{PurePath(window.file).name} is not where the scores say: its sound cannot be shown."
        return ClipCard(title, score, why=why), None
    start_s = window.start_s if verdict.is_part(window) else None
    try:
        explanation = explain_window(model, source, start_s)
        return card_of(model, explanation, title, score), explanation.score
    except OffkeyError as error:
        return ClipCard(title, score, why=str(error)), None


class _NewWindows:
    """The windows of the clips that were not learnt, or of all if there are no others, as the pictures take them."""

    def __init__(self, scored: ScoredClips) -> None:
        clips = [clip for clip in scored.clips if clip.file not in scored.learnt] or scored.clips
        rows = [(clip, window) for clip in clips for window in clip.windows]
        self.scores = np.array([window.score for _, window in rows])
        self.labels = np.array([-1 if clip.label is None else clip.label for clip, _ in rows], np.int8)
        self.domains = np.array([clip.domain or "" for clip, _ in rows], np.str_)
        self.threshold = scored.threshold


class _LabelledClips:
    """The clips whose label is known, as the pictures take them."""

    def __init__(self, scored: ScoredClips) -> None:
        known = scored.labels >= 0
        self.scores, self.labels, self.domains = scored.scores[known], scored.labels[known], scored.domains[known]
        self.threshold = scored.threshold


def _columns(clips: list[ScoredClip]) -> list[str]:
    """Return the further columns that hold anything."""
    return [name for name in ("label", "domain") if any(getattr(clip, name) is not None for clip in clips)]


def _about(model: Model) -> list[tuple[str, str]]:
    """Return what the model is, in terms and words."""
    on, threshold = model.fitted_on, model.threshold
    kept = 0 if model.reference is None else len(model.reference.sounds)
    words = describe_model(model)
    promise = ", extrapolated beyond what the normal clips can promise" if threshold.extrapolated else ""
    return [
        ("front end", f"{model.front_end.name}, at {model.rate:,} Hz, channel {model.config.channel}"),
        ("detector", f"{model.detector.name}, on {model.detector.n_features_} features"),
        ("learnt from", f"{on.clips} normal clips, {on.seconds:.0f} s of sound; {len(on.left_out)} left out"),
        ("domains", ", ".join(f"{name}: {count}" for name, count in on.domains.items()) or "not told"),
        ("threshold", f"{threshold.value:.4g}, for a false-alarm rate of {threshold.false_alarm_rate:g}{promise}"),
        ("promise", words["Promises"]),
        ("recalibrated", words["Recalibrated"]),
        ("normal clips kept", str(kept)),
    ]
