"""Labels that a person gave, beside the data set, in the form that ``evaluate`` and ``tune`` take.

``audio_labels.csv`` has a row for each clip called normal or anomaly: ``file`` (relative to its folder),
``label``, ``comment``, and machine, section, domain and split where they are known. Clips that someone is
unsure of stand in ``audio_labels_unsure.csv``, in the same form with an empty label, because a program
that takes labels must not meet clips without one.
"""

from __future__ import annotations

import csv
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offkey.errors import OffkeyError
from offkey.files import atomic_text
from offkey.tables import csv_writer
from offkey.web.explore.library import Library
from offkey.web.explore.locking import locked
from offkey.web.failures import PageError

__all__ = ["DECIDED", "UNSURE", "Label", "Labels"]

DECIDED, UNSURE = "audio_labels.csv", "audio_labels_unsure.csv"
_LABELS = ("normal", "anomaly", "unsure")
_TOLD = ("machine", "section", "domain", "split")
_COLUMNS = ("file", "label", "comment", *_TOLD)
_MOST_LETTERS = 2000


@dataclass(frozen=True)
class Label:
    """What a person says of a clip.

    Parameters
    ----------
    label : {"normal", "anomaly", "unsure"}
        The label.
    comment : str, default ""
        Why.
    """

    label: str
    comment: str = ""


class Labels:
    """The labels of a data set, read from and written to its folder.

    Parameters
    ----------
    library : Library
        The clips.

    Attributes
    ----------
    version : int
        Rises with each change that this program saw.
    """

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
        """Return all labels by clip, read again if another program changed the files.

        Raises
        ------
        PageError
            500 if a file is not in the form of this module.
        """
        with self._reading:
            state = (_state(self.decided), _state(self.unsure))
            if state != self._seen:
                self._labels = {name: label for path in (self.unsure, self.decided) for name, label in _read(path)}
                self._seen = state
                self.version += 1
            found = {self._library.find(name): label for name, label in self._labels.items()}
        return {clip: label for clip, label in found.items() if clip is not None}

    def get(self, clip: str) -> Label | None:
        """Return the label of a clip, None if it has none."""
        return self.all().get(clip)

    def set(self, clip: str, label: str, comment: str = "") -> None:
        """Label a clip, or with an empty label take its label away.

        Parameters
        ----------
        clip : str
            Id.
        label : str
            Normal, anomaly, unsure, or empty.
        comment : str, default ""
            Why; up to 2,000 letters.

        Raises
        ------
        PageError
            400 if there is no such label, 403 if the folder cannot be written to, 404 if there is no such clip.
        """
        name = self._library.name(clip)
        if label and label not in _LABELS:
            raise PageError(400, f"A label must be one of {', '.join(_LABELS)}; found {label[:40]!r}.")
        if len(comment) > _MOST_LETTERS:
            raise PageError(400, f"A comment may have up to {_MOST_LETTERS} letters; found {len(comment)}.")
        with locked(self.decided):
            self.all()
            labels = dict(self._labels)
            labels.pop(name, None)
            if label:
                labels[name] = Label(label, " ".join(comment.split()))
            # first where the label is added, so that one who is stopped between the two has it twice, not never
            paths = (self.unsure, self.decided) if label == "unsure" else (self.decided, self.unsure)
            for path in paths:
                self._write(
                    path, {n: one for n, one in labels.items() if (one.label == "unsure") == (path == self.unsure)}
                )
            with self._reading:
                self._seen = None
        self.all()

    def _write(self, path: Path, labels: Mapping[str, Label]) -> None:
        if not labels and not path.exists():
            return
        try:
            with atomic_text(path) as file:
                table = csv_writer(file)
                table.writerow(_COLUMNS)
                for name, label in sorted(labels.items()):
                    told = self._table.get(self._library.find(name) or "", {})
                    word = "" if label.label == "unsure" else label.label
                    table.writerow([name, word, label.comment, *(told.get(column) for column in _TOLD)])
        except OffkeyError as error:
            raise PageError(403, str(error)) from error


def _read(path: Path) -> list[tuple[str, Label]]:
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        return [
            (row["file"], Label(row["label"] or "unsure", row.get("comment") or ""))
            for row in rows
            if row["file"] and (row["label"] or "unsure") in _LABELS
        ]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise PageError(500, f"The labels {path} cannot be read ({error}): mend or move the file.") from error


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
