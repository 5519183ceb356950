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

A pair stands there once, whichever clip is called A. Its `revision` rises with each change: who saves says which
one was seen, and is refused if it is another by then, so that no window writes over what another one wrote. Further
keys of a note or of the whole are kept as they are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
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


@dataclass(frozen=True)
class Note:
    """What is the same in two clips, and what differs.

    Parameters
    ----------
    a, b : str
        The clips' paths from the data set's folder.
    same_note, difference_note : str, default ""
        What a person wrote.
    revision : int, default 0
        How often it was changed; 0 for one that is not kept yet.
    changed : str, default ""
        When it was changed last, in UTC.
    more : dict
        Further keys, kept as they are.
    """

    a: str
    b: str
    same_note: str = ""
    difference_note: str = ""
    revision: int = 0
    changed: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def pair(self) -> frozenset[str]:
        """The two clips, whichever is called A."""
        return frozenset((self.a, self.b))

    def to_json(self) -> dict[str, Any]:
        """Return the note as it stands in the file."""
        own = {key: value for key, value in vars(self).items() if key != "more"}
        return {**own, **self.more}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Note:
        """Return the note that stands in a file."""
        own = ("a", "b", "same_note", "difference_note", "changed")
        more = {key: value for key, value in content.items() if key not in (*own, "revision")}
        texts = {key: str(content.get(key, "")) for key in own}
        return cls(**texts, revision=int(content.get("revision", 1)), more=more)


class ConflictError(PageError):
    """Another window changed the note meanwhile.

    Parameters
    ----------
    current : Note
        What is kept now.
    """

    def __init__(self, current: Note) -> None:
        super().__init__(409, "Another window has changed this note meanwhile: look at both, and save again.")
        self.current = current


class Notes:
    """The notes of a data set.

    Parameters
    ----------
    path : Path
        The JSON file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> list[Note]:
        """Return all notes, the last changed first.

        Raises
        ------
        PageError
            500 if the file is damaged or of a later offkey.
        """
        return sorted(self._read()[0].values(), key=lambda note: note.changed, reverse=True)

    def get(self, a: str, b: str) -> Note:
        """Return the note on two clips, an empty one if there is none."""
        return self._read()[0].get(frozenset((a, b)), Note(a, b))

    def save(self, note: Note) -> Note:
        """Keep a note; one without any text is removed.

        Parameters
        ----------
        note : Note
            With the revision that was seen.

        Returns
        -------
        Note
            As it is kept now.

        Raises
        ------
        ConflictError
            If what is kept has another revision.
        PageError
            400 if a text is too long, 403 if the folder cannot be written to.
        """
        for text in (note.same_note, note.difference_note):
            if len(text) > _MOST_LETTERS:
                raise PageError(400, f"A note may have up to {_MOST_LETTERS} letters; found {len(text)}.")
        with locked(self.path):
            notes, whole = self._read()
            current = notes.get(note.pair, Note(note.a, note.b))
            if current.revision != note.revision:
                raise ConflictError(current)
            kept = replace(note, revision=note.revision + 1, changed=_now(), more=current.more)
            notes[note.pair] = kept
            if not (note.same_note or note.difference_note):
                del notes[note.pair]
                kept = Note(note.a, note.b)
            self._write(notes.values(), whole)
        return kept

    def to_csv(self) -> str:
        """Return all notes as CSV text with the columns `CSV_COLUMNS`."""
        text = io.StringIO()
        table = csv_writer(text)
        table.writerow(CSV_COLUMNS)
        table.writerows([getattr(note, name) for name in CSV_COLUMNS] for note in self.all())
        return text.getvalue()

    def take_csv(self, text: str) -> int:
        """Take in notes from CSV text; a note on a pair that has one already is replaced.

        Parameters
        ----------
        text : str
            With the columns ``a``, ``b``, ``same_note`` and ``difference_note`` in any order.

        Returns
        -------
        int
            How many notes were new or different.

        Raises
        ------
        DataError
            If a column or the name of a clip is missing; nothing is taken then.
        PageError
            403 if the folder cannot be written to.
        """
        given = _from_csv(text)
        with locked(self.path):
            notes, whole = self._read()
            taken = 0
            for note in given:
                current = notes.get(note.pair, Note(note.a, note.b))
                if (note.same_note, note.difference_note) != (current.same_note, current.difference_note):
                    notes[note.pair] = replace(note, revision=current.revision + 1, changed=_now(), more=current.more)
                    taken += 1
            if taken:
                self._write(notes.values(), whole)
        return taken

    def _read(self) -> tuple[dict[frozenset[str], Note], dict[str, Any]]:
        """Return the notes by pair, and the file's further keys."""
        if not self.path.exists():
            return {}, {}
        try:
            whole = json.loads(self.path.read_text(encoding="utf-8"))
            form, listed = int(whole.pop("form")), whole.pop("notes")
            notes = [Note.from_json(one) for one in listed]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise PageError(500, f"The notes {self.path} cannot be read ({error}): mend or move the file.") from error
        if form > _FORM:
            raise PageError(500, f"The notes {self.path} were written by a later offkey: update this one.")
        return {note.pair: note for note in notes}, whole

    def _write(self, notes: Iterable[Note], whole: dict[str, Any]) -> None:
        listed = [note.to_json() for note in sorted(notes, key=lambda note: (note.a, note.b))]
        try:
            with atomic_text(self.path) as file:
                json.dump({"form": _FORM, **whole, "notes": listed}, file, indent=1, ensure_ascii=False)
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
        notes.append(Note(row["a"], row["b"], row["same_note"], row["difference_note"]))
    return notes


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
