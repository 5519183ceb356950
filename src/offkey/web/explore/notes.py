"""Notes on pairs of clips, in ``audio_pair_notes.json`` beside the data set.

The file is one JSON object::

    {
      "form": 1,
      "notes": [
        {
          "a": "fan/test/anomaly_id_00_00000001.wav",
          "b": "fan/train/normal_id_00_00000017.wav",
          "same_note": "the blade-pass tone",
          "difference_note": "clicks around 3 kHz",
          "revision": 2,
          "changed": "2026-01-31T09:15:00+00:00"
        }
      ]
    }

A pair is known whichever clip is called A; where a file has it twice, the last counts. Its `revision` rises with each
change: who saves says which one was seen, and is refused if it is another by then, so that no window writes over what
another one wrote. Further keys of a note or of the whole are kept as they are, and so are all notes but the one that is
changed. The file may also be the list of notes alone, and a note a list of ``a``, ``b`` and up to two texts.
"""

from __future__ import annotations

import io
import json
from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from offkey.errors import DataError, OffkeyError
from offkey.files import atomic_text
from offkey.tables import csv_writer, table_from_text
from offkey.web.explore.locking import locked
from offkey.web.failures import PageError

__all__ = ["CSV_COLUMNS", "NOTES", "ConflictError", "Note", "Notes"]

NOTES = "audio_pair_notes.json"
CSV_COLUMNS = ("a", "b", "same_note", "difference_note", "changed")
_FORM = 1
_MOST_LETTERS = 10_000
_MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class Note:
    """A note on a pair of clips: what they share, and how they differ."""

    a: str  # path from the data set's folder
    b: str  # path from the data set's folder
    same_note: str = ""
    difference_note: str = ""
    revision: int = 0  # number of changes; 0 before it is kept
    changed: str = ""  # last time, UTC
    more: dict[str, Any] = field(default_factory=dict)  # further keys, kept as they are
    given: Any = field(default=None, compare=False)  # the note in the file, until it is changed

    def too_long(self) -> int | None:
        """Return how long a text is that is longer than it may be, None if none is."""
        longest = max(len(self.same_note), len(self.difference_note))
        return longest if longest > _MOST_LETTERS else None

    @property
    def pair(self) -> frozenset[str]:
        """The two clips, whichever is called A."""
        return frozenset((self.a, self.b))

    def to_json(self) -> dict[str, Any]:
        """Return the note as it stands in the file."""
        own = {key: value for key, value in vars(self).items() if key not in ("more", "given")}
        return {**own, **self.more}

    @classmethod
    def from_json(cls, entry: Any) -> Note:
        """Return a note of a file; raises ValueError, TypeError or OverflowError if it is none."""
        content = entry
        if isinstance(entry, list):
            content = dict(zip(("a", "b", "same_note", "difference_note"), entry, strict=len(entry) > 4))
        if not isinstance(content, dict) or not all(content.get(key) for key in "ab"):
            raise ValueError("a note must name two clips, a and b")
        own = ("a", "b", "same_note", "difference_note", "changed")
        more = {key: value for key, value in content.items() if key not in (*own, "revision")}
        texts = {key: str(content.get(key) or "") for key in own}
        return cls(**texts, revision=int(content.get("revision", 1)), more=more, given=entry)


class ConflictError(PageError):
    """Another window has changed the note; `current` is what is kept now."""

    def __init__(self, current: Note) -> None:
        super().__init__(409, "Another window has changed this note meanwhile: look at both, and save again.")
        self.current = current


class Notes:
    """The notes of a data set in a JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> list[Note]:
        """Return all notes, the last changed first."""
        return sorted(_by_pair(self._read()[0]).values(), key=lambda note: note.changed, reverse=True)

    def get(self, a: str, b: str) -> Note:
        """Return the note on two clips, an empty one if there is none."""
        return _by_pair(self._read()[0]).get(frozenset((a, b)), Note(a, b))

    def save(self, note: Note) -> Note:
        """Keep a note and return it; a note without text is removed, one of another revision is a ConflictError."""
        if letters := note.too_long():
            raise PageError(400, f"A note may have up to {_MOST_LETTERS} letters; found {letters}.")
        with locked(self.path):
            notes, whole = self._read()
            current = _by_pair(notes).get(note.pair, Note(note.a, note.b))
            if current.revision != note.revision:
                raise ConflictError(current)
            kept = replace(note, revision=note.revision + 1, changed=_now(), more=current.more, given=None)
            if not (note.same_note or note.difference_note):
                kept = Note(note.a, note.b)
            self._write(_changed(notes, current, kept), whole)
        return kept

    def to_csv(self) -> str:
        """Return all notes as CSV text with the columns `CSV_COLUMNS`."""
        text = io.StringIO()
        table = csv_writer(text)
        table.writerow(CSV_COLUMNS)
        table.writerows([getattr(note, name) for name in CSV_COLUMNS] for note in self.all())
        return text.getvalue()

    def take_csv(self, text: str) -> int:
        """Import notes from CSV text, in place of those on the same pairs; return how many changed.

        Nothing is imported where a row is wrong.
        """
        imported = _from_csv(text)
        with locked(self.path):
            notes, whole = self._read()
            known = _by_pair(notes)
            taken = 0
            for note in imported:
                current = known.get(note.pair, Note(note.a, note.b))
                if (note.same_note, note.difference_note) != (current.same_note, current.difference_note):
                    kept = replace(note, revision=current.revision + 1, changed=_now(), more=current.more)
                    notes, known[note.pair] = _changed(notes, current, kept), kept
                    taken += 1
            if taken:
                self._write(notes, whole)
        return taken

    def _read(self) -> tuple[list[Note], dict[str, Any] | None]:
        """Return the notes, and the file's further keys; None for these if it is the list of notes alone."""
        if not self.path.exists():
            return [], {}
        try:
            if not self.path.is_file() or self.path.stat().st_size > _MOST_BYTES:
                raise ValueError(f"it is no file of up to {_MOST_BYTES // 1_000_000} MB")
            content = json.loads(self.path.read_bytes())
            if isinstance(content, list) and content:
                return [Note.from_json(entry) for entry in content], None
            if not isinstance(content, dict) or not {"form", "notes"} <= content.keys():
                raise ValueError("expected an object with 'form' and 'notes', or a list of notes")
            form, listed = int(content.pop("form")), content.pop("notes")
            notes = [Note.from_json(entry) for entry in listed]
        except (OSError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise PageError(422, f"The notes {self.path} cannot be read ({error}): mend or move the file.") from error
        if form > _FORM:
            raise PageError(422, f"The notes {self.path} were written by a later offkey: update this one.")
        return notes, content

    def _write(self, notes: Sequence[Note], whole: dict[str, Any] | None) -> None:
        listed = [note.to_json() if note.given is None else note.given for note in notes]
        content = listed if whole is None else {"form": _FORM, **whole, "notes": listed}
        try:
            with atomic_text(self.path) as file:
                json.dump(content, file, indent=1, ensure_ascii=False)
                file.write("\n")
        except OffkeyError as error:
            raise PageError(403, str(error)) from error


def _from_csv(text: str) -> list[Note]:
    columns = CSV_COLUMNS[:4]
    table = table_from_text(text, "The file of notes", columns)
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise DataError(
            f"The file of notes must have the columns {', '.join(columns)}; {', '.join(missing)} is missing."
        )
    notes = []
    for line, row in table.rows(("a", "b")):
        if not row["a"] or not row["b"]:
            raise DataError(f"The file of notes, line {line}: a and b must each name a clip.")
        note = Note(row["a"], row["b"], row["same_note"], row["difference_note"])
        if letters := note.too_long():
            raise DataError(
                f"The file of notes, line {line}: a note may have up to {_MOST_LETTERS} letters; found {letters}."
            )
        notes.append(note)
    return notes


def _by_pair(notes: Iterable[Note]) -> dict[frozenset[str], Note]:
    return {note.pair: note for note in notes}


def _changed(notes: Sequence[Note], current: Note, kept: Note) -> list[Note]:
    """Return notes with one in the place of another, or without it where no text is left.

    A new one goes where it belongs if they are sorted, else to the end.
    """
    new = [kept] if kept.same_note or kept.difference_note else []
    at = next((at for at, note in enumerate(notes) if note is current), None)
    if at is not None:
        return [*notes[:at], *new, *notes[at + 1 :]]
    places = [(note.a, note.b) for note in notes]
    at = bisect(places, (kept.a, kept.b)) if places == sorted(places) else len(notes)
    return [*notes[:at], *new, *notes[at:]]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
