"""A verdict in words: four sentences that people read first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offkey.audio.recording_times import clock
from offkey.model.result import Scored
from offkey.model.shift import Shift
from offkey.model.verdict import Verdict

__all__ = ["certainty", "listening", "place", "sentence", "shift_note", "since", "verdict_json"]

_LEVEL_DB = 1.0  # a difference of level that is worth a word


def sentence(verdict: Verdict) -> str:
    """Return which new clips sound wrong."""
    n, wrong, what = len(verdict.windows), verdict.anomalous, _what(verdict)
    if n == 0:
        return f"All {verdict.learnt} clips were learnt from: score new ones to hear whether the machine has changed."
    if verdict.differ:
        cause = "a fault in all of them, or another place, microphone or level?"
        return f"All {what} are unlike the training clips: {cause}{_level(verdict.level_db)}"
    if n == 1:
        return f"The new clip sounds {'wrong' if wrong else 'normal'}."
    if wrong in (0, n):
        return f"All {what} sound wrong." if wrong else f"None of {what} sounds wrong."
    rest = f"the other {n - wrong} sound" if n - wrong > 1 else "the other one sounds"
    return f"{wrong} of {what} sound{'s' if wrong == 1 else ''} wrong; {rest} normal."


def since(verdict: Verdict) -> str:
    """Return since when they sound wrong, empty where none does, or where all are unlike the training clips."""
    windows, lasting = verdict.windows, verdict.lasting
    wrong = [window for window in windows if window.anomalous]
    if not wrong or len(windows) == 1 or verdict.differ:
        return ""
    if not verdict.times.source:
        return "Since when is not known: neither names nor files have a date."
    order = ", in the order of their numbers" if verdict.times.source == "numbers" and len(verdict.files) > 1 else ""
    if lasting is None:
        last = f", the last {place(verdict, wrong[-1])}" if len(wrong) > 1 else ""
        return f"No lasting change is certain: the first was {place(verdict, wrong[0])}{last}{order}."
    inside, first = windows[lasting], place(verdict, windows[lasting.start])
    count = f"{_count(inside)} of {len(inside)} {_unit(verdict)}"
    if lasting.stop < len(windows):
        last, others = place(verdict, inside[-1]), len(wrong) - _count(inside)
        return f"From {first} to {last}{order}: {count}, and {others} of the other {len(windows) - len(inside)}."
    before = f", {_count(windows[: lasting.start])} of {lasting.start} before" if lasting.start else ""
    return f"Since {first}{order}: {count} from then on{before}."


def certainty(verdict: Verdict) -> str:
    """Return how sure that is: what chance would do with as many normal clips."""
    if verdict.promised is None or not verdict.windows:
        return ""
    n, wrong, (low, high) = len(verdict.windows), verdict.anomalous, verdict.false_alarms
    share = f"{100 * verdict.promised.low:.2g} to {100 * verdict.promised.high:.2g} %"
    asked, many = f"{100 * verdict.promised.promised:g} % asked for", f"{low} to {high}" if low < high else f"{high}"
    text = f"{verdict.n_normal} normal clips promise {share} false alarms ({asked})"
    text = f"{text}: {many} of these {n} {_unit(verdict)}" if n > 1 else text
    if wrong == 0 or n == 1:
        return f"{text}."
    explained = "so chance does not explain" if wrong > high else "so chance would explain"
    return f"{text}, {explained} {wrong}."


def listening(verdict: Verdict) -> str:
    """Return which clips to listen to."""
    if not verdict.listen:
        return ""
    names = [f"{place(verdict, window)} (score {window.score:.3g})" for window in verdict.listen]
    text = f"{', '.join(names[:-1])}{' and ' * (len(names) > 1)}{names[-1]}"
    return f"Listen to {text}." if verdict.anomalous else f"The most unusual, though not anomalous: {text}."


def shift_note(shift: Shift, verdict: Verdict | None) -> str | None:
    """Return the sentence on a shift; None where there is none, or where the verdict says the same."""
    if shift.alarms_alone and verdict is not None and not verdict.differ:
        return None
    return shift.sentence


def place(verdict: Verdict, window: Scored) -> str:
    """Return where a window is: its recording, the moment in a long one, and the date if the name does not have it."""
    moment = f" at {clock(window.start_s or 0.0)}" if verdict.is_part(window) else ""
    at = verdict.at(window) if verdict.times.source == "files" else None
    return f"{_name(window.file)}{moment}" + (f" ({at:%Y-%m-%d %H:%M})" if at else "")


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON values."""
    inside = [] if verdict.lasting is None else verdict.windows[verdict.lasting]
    return {
        "sentence": sentence(verdict),
        "since": since(verdict),
        "certainty": certainty(verdict),
        "new": len(verdict.windows),
        "anomalous": verdict.anomalous,
        "false_alarms_by_chance": list(verdict.false_alarms),
        "lasting": {"first": _json(inside[0]), "last": _json(inside[-1])} if inside else None,
        "listen": [_json(window) for window in verdict.listen],
        "all_differ": verdict.differ,
        "level_db": verdict.level_db,
    }


def _what(verdict: Verdict) -> str:
    n, files = len(verdict.windows), verdict.files
    if not verdict.long:
        return f"{n} new clips"
    return f"{n} windows of {_name(files[0]) if len(files) == 1 else f'{len(files)} new recordings'}"


def _unit(verdict: Verdict) -> str:
    return "windows" if verdict.long else "clips"


def _name(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]


def _level(level_db: float | None) -> str:
    if level_db is None:
        return ""
    if abs(level_db) < _LEVEL_DB:
        return " The level is as usual."
    return f" The level is {abs(level_db):.0f} dB {'higher' if level_db > 0 else 'lower'} than usual."


def _count(windows: Sequence[Scored]) -> int:
    return sum(window.anomalous for window in windows)


def _json(window: Scored) -> dict[str, Any]:
    return {"file": window.file, "start_s": window.start_s, "end_s": window.end_s, "score": window.score}
