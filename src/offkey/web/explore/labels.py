"""Labels that a person gave, beside the data set, in the form that ``evaluate`` and ``tune`` take.

``audio_labels.csv`` has a row for each clip called normal or anomaly: ``file`` (relative to its folder),
``label``, ``comment``, and machine, section, domain and split where they are known. Clips that someone is
unsure of stand in ``audio_labels_unsure.csv``, in the same form with an empty label, because a program
that takes labels must not meet clips without one.

Either may also be written by hand, in the words and forms that ``evaluate`` reads. A label that is given or taken back
changes the cells ``label`` and ``comment`` of its own clip; further rows and columns stay, and go where a row goes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.errors import OffkeyError
from offkey.tables import label_of
from offkey.web.explore.library import Library
from offkey.web.explore.locking import locked
from offkey.web.explore.sheet import Row, Sheet
from offkey.web.failures import PageError

__all__ = ["DECIDED", "UNSURE", "Label", "Labels"]

DECIDED, UNSURE = "audio_labels.csv", "audio_labels_unsure.csv"
_LABELS = ("normal", "anomaly", "unsure")
_CONTEXT_COLUMNS = ("machine", "section", "domain", "split")
_COLUMNS = ("file", "label", "comment", *_CONTEXT_COLUMNS)
_MOST_LETTERS = 2000
_MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class Label:
    """A person's label of a clip ("normal", "anomaly" or "unsure") and the comment why."""

    label: str
    comment: str = ""


class Labels:
    """The labels of a data set, read from and written to its folder; `version` rises with each change seen here."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.decided, self.unsure = library.root / DECIDED, library.root / UNSURE
        self._table = {row["id"]: row for row in library.table.iter_rows(named=True)}
        self._seen: tuple[Any, ...] | None = None
        self._labels: dict[str, Label] = {}
        self._reading = threading.Lock()
        self.version = 0
        self.all()

    def all(self) -> Mapping[str, Label]:
        """Return all labels by clip, read again if another program changed the files."""
        with self._reading:
            state = (_state(self.decided), _state(self.unsure))
            if state != self._seen:
                unsure, decided = self._sheet(self.unsure), self._sheet(self.decided)
                self._labels = {**self._given(unsure, empty="unsure"), **self._given(decided, empty="")}
                self._seen = state
                self.version += 1
            return self._labels

    def get(self, clip: str) -> Label | None:
        """Return the label of a clip, None if it has none."""
        return self.all().get(clip)

    def set(self, clip: str, label: str, comment: str = "") -> None:
        """Label a clip, or remove its label if `label` is empty; a comment has up to 2,000 letters."""
        self.set_many({clip: Label(label, comment)})

    def set_many(self, labels: Mapping[str, Label]) -> None:
        """Label clips as `set` does, all of them or none."""
        for clip, label in labels.items():
            self._library.name(clip)
            _check(label)
        with locked(self.decided):
            decided, unsure = (_ClipRows(self._sheet(path), self._library) for path in (self.decided, self.unsure))
            for clip, label in labels.items():
                self._set(clip, label.label, " ".join(label.comment.split()) if label.label else "", decided, unsure)
            # first where labels are added, so that one who is stopped between the two has them twice, not never
            sheets = [(self.decided, decided.sheet), (self.unsure, unsure.sheet)]
            self._write(sheets[::-1] if any(label.label == "unsure" for label in labels.values()) else sheets)
        self.all()

    def _set(self, clip: str, label: str, comment: str, decided: _ClipRows, unsure: _ClipRows) -> None:
        if label == "unsure":
            self._put(clip, "", comment, into=unsure, out_of=decided, instead="unsure")
        elif label:
            self._put(clip, label, comment, into=decided, out_of=unsure, instead="none")
        elif decided.of(clip) or unsure.of(clip):
            self._put(clip, "", "", into=decided, out_of=unsure, instead="none")
            decided.remove_bare(clip)

    def _write(self, sheets: Sequence[tuple[Path, Sheet]]) -> None:
        try:
            for path, sheet in sheets:
                if sheet.changed:
                    sheet.write(path)
        except OffkeyError as error:
            raise PageError(403, str(error)) from error
        finally:
            with self._reading:
                self._seen = None

    def _put(self, clip: str, label: str, comment: str, *, into: _ClipRows, out_of: _ClipRows, instead: str) -> None:
        """Write label and comment into the rows of a clip; a row that stands in the other sheet comes over whole.

        Where the clip stands in both, a row with more columns stays in the other with the word `instead` for a label.
        """
        if not into.of(clip):
            contents = [out_of.sheet.content(row) for row in out_of.of(clip)] or [self._new(clip)]
            out_of.remove(clip)
            for content in contents:
                into.add(clip, content)
        else:
            for row in out_of.remove_bare(clip):
                out_of.sheet.change(row, "label", instead)
        for row in into.of(clip):
            if not label or label_of(into.sheet.cell(row, "label")) != _LABELS.index(
                label
            ):  # else it says so in its words
                into.sheet.change(row, "label", label)
            into.sheet.change(row, "comment", comment)

    def _new(self, clip: str) -> dict[str, str]:
        cells = self._table[clip]
        known = {column: str(cells[column]) for column in _CONTEXT_COLUMNS if cells.get(column) is not None}
        return {"file": self._library.name(clip), **known}

    def _given(self, sheet: Sheet, *, empty: str) -> dict[str, Label]:
        """Return the labels of a sheet by clip; rows without a known clip or label are ignored."""
        labels = {}
        for row in sheet.rows:
            clip = self._library.find(sheet.cell(row, "file"), bare=True)
            word = _word(sheet.cell(row, "label"), empty)
            if clip is not None and word:
                labels[clip] = Label(word, sheet.cell(row, "comment"))
        return labels

    def _sheet(self, path: Path) -> Sheet:
        """Return the sheet of a file of labels, an empty one if there is no file."""
        try:
            if not path.exists():
                return Sheet(_COLUMNS)
            if not path.is_file() or path.stat().st_size > _MOST_BYTES:
                raise ValueError(f"it is no file of up to {_MOST_BYTES // 1_000_000} MB")
            return Sheet(_COLUMNS, path.read_bytes())
        except (OSError, ValueError) as error:
            raise PageError(422, f"The labels {path} cannot be read ({error}): mend or move the file.") from error


def _word(text: str, empty: str) -> str:
    """Return what a cell says: normal, anomaly, unsure, or nothing that is known."""
    if not text:
        return empty
    if text.lower() == "unsure":
        return "unsure"
    label = label_of(text)
    return "" if label is None else _LABELS[label]


def _check(label: Label) -> None:
    if label.label and label.label not in _LABELS:
        raise PageError(400, f"A label must be one of {', '.join(_LABELS)}; found {label.label[:40]!r}.")
    if len(label.comment) > _MOST_LETTERS:
        raise PageError(400, f"A comment may have up to {_MOST_LETTERS} letters; found {len(label.comment)}.")


class _ClipRows:
    """The rows of a sheet by the clip that they are about."""

    def __init__(self, sheet: Sheet, library: Library) -> None:
        self.sheet = sheet
        self._rows: dict[str, list[Row]] = {}
        for row in sheet.rows:
            clip = library.find(sheet.cell(row, "file"), bare=True)
            if clip is not None:
                self._rows.setdefault(clip, []).append(row)

    def of(self, clip: str) -> Sequence[Row]:
        return self._rows.get(clip, ())

    def add(self, clip: str, content: Mapping[str, str]) -> None:
        self._rows.setdefault(clip, []).append(self.sheet.add(content))

    def remove(self, clip: str) -> None:
        for row in self._rows.pop(clip, ()):
            self.sheet.remove(row)

    def remove_bare(self, clip: str) -> Sequence[Row]:
        """Remove rows without further columns, and return the others: what else a person wrote stays."""
        rows = self.of(clip)
        fuller = [row for row in rows if not self.sheet.content(row).keys() <= set(_COLUMNS)]
        for row in rows:
            if row not in fuller:
                self.sheet.remove(row)
        self._rows[clip] = fuller
        return fuller


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
