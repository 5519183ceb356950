"""The page of a machine, as reports and the web app show it: the verdict, scores over time, and clips to listen to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from markupsafe import Markup

from offkey.charts import Moment, time_ticks, timeline
from offkey.charts.frame import tick_text, ticks
from offkey.decision import describe_p_value
from offkey.model import Model
from offkey.model.result import Scored
from offkey.model.verdict import Verdict
from offkey.model.verdict_words import certainty, place, sentence, since

__all__ = ["TEMPLATES", "ClipCard", "MachinePage", "Player", "machine_page", "score_words"]

TEMPLATES = Path(__file__).parent
"""Folder of ``machine.html.j2``, the template of the page."""

_NARROW_TICKS = 4


@dataclass(frozen=True)
class Player:
    """A sound that is loaded when it is played."""

    title: str
    sound: str  # an address, or the sound itself as a data URI


@dataclass(frozen=True)
class ClipCard:
    """A clip to listen to.

    `score`: its score and p-value in words.
    `href`: where more of it is shown; empty where there is none.
    `why`: a sentence that says why it has its score; `why_href`: an address that gives it later.
    """

    title: str
    score: str
    href: str = ""
    picture: str = ""
    why: str = ""
    why_href: str = ""
    players: Sequence[Player] = ()


@dataclass(frozen=True)
class MachinePage:
    """The content of the template ``machine.html.j2``.

    `state`: the colour of the verdict, ``"anomaly"``, ``"normal"`` or ``"unsure"``.
    `recorded`: from when to when the clips were recorded; empty where that is not known.
    `charts`: scores over time, wide and narrow; none where there is no new clip.
    """

    name: str
    state: str
    sentence: str
    since: str
    certainty: str
    recorded: str
    n_normal: int
    threshold: float
    lasting: bool
    charts: Sequence[Markup] = ()
    cards_title: str = ""
    cards: Sequence[ClipCard] = ()
    cards_hint: str = ""
    note: str = ""

    def with_cards(self, cards: Sequence[ClipCard], hint: str = "") -> MachinePage:
        """Return the same page with clips to listen to, and a remark on them."""
        return replace(self, cards=cards, cards_hint=hint)

    def with_note(self, note: str | None) -> MachinePage:
        """Return the same page with a remark on the recordings, if there is one."""
        return replace(self, note=f"{note[0].upper()}{note[1:]}" if note else "")


def machine_page(name: str, model: Model, verdict: Verdict) -> MachinePage:
    """Return the page of a machine without its clips to listen to.

    `name`: of the machine, as people know it.
    `verdict`: on its new clips, by `model`.
    """
    windows, wrong = verdict.windows, verdict.anomalous
    certain = wrong > verdict.false_alarms[1] and not verdict.differ
    return MachinePage(
        name=name,
        state="normal" if not wrong else "anomaly" if certain else "unsure",
        sentence=sentence(verdict),
        since=since(verdict),
        certainty=certainty(verdict),
        recorded=_recorded(verdict),
        n_normal=verdict.n_normal,
        threshold=model.threshold.value,
        lasting=verdict.lasting is not None,
        charts=[_chart(model, verdict, narrow=narrow) for narrow in (False, True)] if windows else [],
        cards_title="Listen to" if wrong else "The most unusual, though not anomalous",
    )


def score_words(model: Model, window: Scored) -> str:
    """Return the score of a window and its p-value, such as ``"Score 8.1, p-value 0.02."``."""
    p_value = describe_p_value(window.p_value, len(model.calibration.normal_scores))
    return f"Score {window.score:.3g}, {p_value}."


def _recorded(verdict: Verdict) -> str:
    known = [at for window in verdict.windows if (at := verdict.at(window)) is not None]
    if not known:
        return ""
    first, last = f"{known[0]:%Y-%m-%d}", f"{known[-1]:%Y-%m-%d}"
    return first if first == last else f"{first} to {last}"


def _chart(model: Model, verdict: Verdict, *, narrow: bool) -> Markup:
    """Return the scores over time: by date, by the clock of one long recording, or one after the other."""
    windows, start = verdict.windows, verdict.at(verdict.windows[0])
    places = _places(verdict, start)
    last = places[-1]
    if start is None and not _one_recording(verdict):
        whole = [tick for tick in ticks(1, len(windows)) if tick == int(tick)]
        marks, label = [(tick - 1, tick_text(tick)) for tick in whole], "new clips, one after the other"
    else:
        marks = time_ticks(last, start, most=_NARROW_TICKS if narrow else 10)
        label = "time in the recording" if start is None else "time"
    lasting = verdict.lasting
    return timeline(
        f"Anomaly scores over time. {sentence(verdict)}",
        [
            Moment(at, window.score, window.anomalous, place(verdict, window))
            for at, window in zip(places, windows, strict=True)
        ],
        normal=model.calibration.normal_scores,
        threshold=model.threshold.value,
        x_ticks=marks,
        x_label=label,
        marked=None if lasting is None else (places[lasting.start], places[lasting.stop - 1]),
        connected=bool(verdict.times.source),
        narrow=narrow,
    )


def _places(verdict: Verdict, start: datetime | None) -> list[float]:
    """Return where windows lie on the axis of time: in seconds from the first, or by number."""
    if _one_recording(verdict) and start is None:
        return [window.start_s or 0.0 for window in verdict.windows]
    if start is None:
        return [float(number) for number in range(len(verdict.windows))]
    return [_since(verdict, window, start) for window in verdict.windows]


def _since(verdict: Verdict, window: Scored, start: datetime) -> float:
    at = verdict.at(window)
    return 0.0 if at is None else (at - start).total_seconds()


def _one_recording(verdict: Verdict) -> bool:
    return verdict.long and len(verdict.files) == 1
