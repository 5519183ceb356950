"""The outcome of scoring: counted while the results stream by, then said to people, or printed as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.cli.console import say, say_first
from offkey.tables import path_text

if TYPE_CHECKING:
    from offkey.learned.identify.routing import Router
    from offkey.model import Model, Result, Scored
    from offkey.model.verdict import Verdict

__all__ = ["Outcome", "Scoring", "beyond_all", "find_learnt"]

_MOST_WINDOWS = 100_000  # that are kept for a verdict in the order of time


@dataclass(frozen=True)
class Scoring:
    """Clips that are being scored, here or in parts."""

    results: Iterator[Result]
    files: list[Path]  # clips that are files of this machine
    notes: list[str]  # for the user, on files that are not among the clips
    about: dict[str, Any] = field(default_factory=dict)  # further keys of the JSON


class Outcome:
    """The outcome of scoring a batch of clips; results are kept for JSON."""

    def __init__(self, fitted: Model | Router, *, keep: bool) -> None:
        from offkey.model import Model
        from offkey.model.shift import ShiftTally

        self._fitted = fitted
        self._shift = ShiftTally(fitted) if isinstance(fitted, Model) else None
        self._kept: list[Result] | None = [] if keep else None
        self.scored = self.anomalous = 0
        self.least_p = 1.0
        self.at_least_p = 0
        self.errors: list[str] = []
        self.notes: list[str] = []
        self._called: set[str] = set()
        self._windows: list[Scored] = []

    def called_anomalous(self, clips: list[Path]) -> list[Path]:
        """Return the clips of which any window is anomalous, in their order."""
        return [clip for clip in clips if path_text(clip) in self._called]

    def to_json(self, learnt: Collection[str] | None) -> dict[str, Any]:
        """Return it as JSON values; `learnt` are the clips that the model learnt from, None if it does not say."""
        from offkey.model.verdict_words import verdict_json

        shift = None if self._shift is None else self._shift.shift().to_dict()
        verdict = self._verdict(learnt or ())
        counts = {"scored": self.scored, "anomalous": self.anomalous, "errors": len(self.errors)}
        return {
            "rows": _rows(self._kept or []),
            **_decision(self._fitted),
            **counts,
            "learnt_from": None if learnt is None else len(learnt),
            "shift": shift,
            "verdict": None if verdict is None else verdict_json(verdict),
        }

    def watch(self, results: Iterable[Result]) -> Iterator[Result]:
        """Pass results on, and count them."""
        yield from self._count(results if self._shift is None else self._shift.watch(results))

    def _count(self, results: Iterable[Result]) -> Iterator[Result]:
        from offkey.model.result import Scored

        for result in results:
            if self._kept is not None:
                self._kept.append(result)
            if not isinstance(result, Scored):
                self.errors.append(str(result.error))
            else:
                self.scored += 1
                if self.scored <= _MOST_WINDOWS:
                    self._windows.append(result)
                self.notes += [result.note] if result.note else []
                self._rank(result.p_value)
                if result.anomalous:
                    self.anomalous += 1
                    self._called.add(result.file)
            yield result

    def _rank(self, p_value: float) -> None:
        """Count the clips with the least p-value so far."""
        self.at_least_p = self.at_least_p * (p_value >= self.least_p) + (p_value <= self.least_p)
        self.least_p = min(self.least_p, p_value)

    def _verdict(self, learnt: Collection[str]) -> Verdict | None:
        """Return the verdict on the machine; None where each clip has a model of its own, or there are too many."""
        from offkey.model import Model
        from offkey.model.verdict import verdict_of

        if not isinstance(self._fitted, Model) or not 0 < self.scored <= _MOST_WINDOWS:
            return None
        return verdict_of(self._fitted, self._windows, learnt=learnt)

    def say(self, learnt: Collection[str] | None) -> None:
        """Say it to people: what is to be noted first, and the verdict last; `learnt` as of `to_json`."""
        from offkey.model.verdict_words import shift_note

        say_first("error", self.errors, ", each in its row")
        if self.notes:
            more = f" {len(self.notes) - 1} more clips are too short." if len(self.notes) > 1 else ""
            say(f"note: {self.notes[0]}{more}")
        by = _decision(self._fitted)
        rule = "by the threshold of each model"
        if "models" not in by:
            rule = f"score above {by['threshold']:.4g}, false-alarm rate {by['false_alarm_rate']:g}"
        say(f"{self.scored} scored, {self.anomalous} anomalous ({rule}), {len(self.errors)} with an error.")
        if beyond := beyond_all(self._fitted, self.least_p, self.at_least_p):
            say(beyond)
        verdict = self._verdict(learnt or ())
        shift = None if self._shift is None else self._shift.shift()
        if shift is not None and (note := shift_note(shift, verdict)):
            say(f"note: {note}")
        if verdict is not None:
            say_verdict(verdict)


def say_verdict(verdict: Verdict) -> None:
    """Say which clips sound wrong and since when, how sure that is, and what to listen to."""
    from offkey.model.verdict_words import certainty, listening, sentence, since

    for text in (" ".join(filter(None, [sentence(verdict), since(verdict)])), certainty(verdict), listening(verdict)):
        if text:
            say(text)


def beyond_all(fitted: Model | Router, least_p: float, count: int) -> str | None:
    """Say how many scores lie beyond all normal clips, None if none does or each clip has a model of its own."""
    from offkey.decision import describe_p_value
    from offkey.model import Model

    if not isinstance(fitted, Model) or least_p > fitted.calibration.least_p_value * (1 + 1e-9):
        return None
    return (
        f"{count} {'lies' if count == 1 else 'lie'} {describe_p_value(least_p, len(fitted.calibration.normal_scores))}."
    )


def find_learnt(fitted: Model | Router, clips: Sequence[Path], jobs: int | None) -> set[str] | None:
    """Return the clips that a model was fitted on, None if it does not say, and print a note."""
    from offkey.model import Model
    from offkey.model.held_out import mark_learnt

    if not isinstance(fitted, Model) or fitted.learnt is None:
        return None
    learnt = {path_text(clip) for clip in mark_learnt(fitted, clips, jobs=jobs)}
    if learnt:
        say(
            f"note: the model learnt from {len(learnt)} of these {len(clips)} clips: their scores are lower than those "
            "of equal clips outside its training set. 'offkey explain' and 'report' show their cross-validated scores."
        )
    return learnt


def _rows(results: list[Result]) -> list[dict[str, Any]]:
    rows = [asdict(result) for result in results]
    for row in rows:
        del row["traits"]
        row["anomalous"] = None if row["anomalous"] is None else int(row["anomalous"])
    return rows


def _decision(fitted: Model | Router) -> dict[str, Any]:
    """Return the threshold; with several models that of each."""
    from offkey.model import Model

    if not isinstance(fitted, Model):
        none = dict.fromkeys(("threshold", "false_alarm_rate", "extrapolated"))
        return {
            **none,
            "models": {one.name: _decision(one.model) for of_type in fitted.models.values() for one in of_type},
        }
    threshold = fitted.threshold
    return {
        "threshold": threshold.value,
        "false_alarm_rate": threshold.false_alarm_rate,
        "extrapolated": threshold.extrapolated,
    }
