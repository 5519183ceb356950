from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from offkey.errors import DataError
from offkey.web.explore.notes import NOTES, ConflictError, Note, Notes
from offkey.web.failures import PageError


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path / NOTES)


def test_a_note_stands_in_the_documented_form(notes: Notes) -> None:
    kept = notes.save(Note("a.wav", "b.wav", "the tone", "clicks"))
    content = json.loads(notes.path.read_text(encoding="utf-8"))
    assert content["form"] == 1
    assert content["notes"] == [
        {
            "a": "a.wav",
            "b": "b.wav",
            "same_note": "the tone",
            "difference_note": "clicks",
            "revision": 1,
            "changed": kept.changed,
        }
    ]
    assert Notes(notes.path).get("b.wav", "a.wav") == kept


def test_what_others_added_to_the_file_stays(notes: Notes) -> None:
    note = {"a": "a.wav", "b": "b.wav", "same_note": "x", "difference_note": "", "revision": 4, "tag": ["mine"]}
    notes.path.write_text(json.dumps({"form": 1, "author": "me", "notes": [note]}))
    notes.save(replace(notes.get("a.wav", "b.wav"), same_note="y"))
    content = json.loads(notes.path.read_text())
    assert content["author"] == "me"
    assert (content["notes"][0]["tag"], content["notes"][0]["revision"]) == (["mine"], 5)


def test_who_saw_an_older_note_is_refused(notes: Notes) -> None:
    first = notes.save(Note("a", "b", "one"))
    notes.save(replace(first, same_note="two"))
    with pytest.raises(ConflictError) as caught:
        notes.save(replace(first, same_note="three"))
    assert caught.value.current.same_note == "two"
    with pytest.raises(ConflictError):
        notes.save(Note("b", "a", "new"))
    assert notes.get("a", "b").same_note == "two"


def test_many_windows_lose_nothing(notes: Notes) -> None:
    def write(k: int) -> None:
        Notes(notes.path).save(Note("a", f"b{k}", f"note {k}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert {note.same_note for note in notes.all()} == {f"note {k}" for k in range(40)}


def test_an_emptied_note_is_removed(notes: Notes) -> None:
    kept = notes.save(Note("a", "b", "x"))
    assert notes.save(replace(kept, same_note="")).revision == 0
    assert notes.all() == []


def test_csv_goes_out_and_comes_in(notes: Notes, tmp_path: Path) -> None:
    notes.save(Note("a,1.wav", 'b "2".wav', "same\nlines", "größer"))
    text = notes.to_csv()
    other = Notes(tmp_path / "other.json")
    assert other.take_csv("\ufeff" + text) == 1
    assert other.take_csv(text) == 0
    assert other.to_csv().splitlines()[0] == "a,b,same_note,difference_note,changed"
    (note,) = other.all()
    assert (note.a, note.b, note.same_note, note.difference_note) == ("a,1.wav", 'b "2".wav', "same\nlines", "größer")


def test_csv_that_is_not_as_it_must_be_is_refused(notes: Notes) -> None:
    with pytest.raises(DataError, match="difference_note is missing"):
        notes.take_csv("a,b,same_note\n1,2,3\n")
    with pytest.raises(DataError, match="line 3: a and b"):
        notes.take_csv("a,b,same_note,difference_note\n1,2,3,4\n,2,3,4\n")
    assert not notes.path.exists()


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "[" * 100_000,
        "null",
        "[5]",
        '[["a.wav"]]',
        '[["a", "b", "c", "d", "e"]]',
        '{"form": 1}',
        '{"form": 9, "notes": []}',
        '{"form": 1, "notes": 5}',
        '{"form": 1, "notes": [{"revision": "x"}]}',
        '{"form": 1, "notes": [{"a": "x", "b": "y", "revision": 1e999}]}',
    ],
    ids=lambda content: content[:40],
)
def test_a_damaged_file_is_named_and_never_overwritten(notes: Notes, content: str) -> None:
    notes.path.write_text(content)
    for act in (notes.all, lambda: notes.save(Note("a", "b", "x"))):
        with pytest.raises(PageError, match=re.escape(str(notes.path))):
            act()
    assert notes.path.read_text() == content


def test_a_list_of_pairs_is_read_and_stays_one(notes: Notes) -> None:
    others = [["c.wav", "d.wav", "the hum"], {"a": "e.wav", "b": "f.wav", "who": "Jo"}]
    notes.path.write_text(json.dumps([["b.wav", "a.wav", "tone", "clicks"], *others]))
    note = notes.get("a.wav", "b.wav")
    assert (note.same_note, note.difference_note, note.revision) == ("tone", "clicks", 1)
    assert notes.get("c.wav", "d.wav").same_note == "the hum"
    notes.save(replace(note, difference_note="rattle"))
    content = json.loads(notes.path.read_text())
    assert content[1:] == others
    assert content[0]["difference_note"] == "rattle"


def test_only_the_note_that_is_changed_changes_and_the_order_stays(notes: Notes) -> None:
    given = [
        {"b": "z.wav", "a": "y.wav", "same_note": None, "difference_note": 5, "tags": {"x": [1.5]}},
        {"a": "b.wav", "b": "a.wav", "same_note": "first"},
        {"a": "a.wav", "b": "b.wav", "same_note": "second", "by": "Jo"},
    ]
    notes.path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"notes": given, "form": 1, "lab": "x"}).encode())
    assert notes.get("a.wav", "b.wav").same_note == "second"
    notes.save(replace(notes.get("a.wav", "b.wav"), same_note="third"))
    notes.save(Note("c.wav", "d.wav", "new"))
    content = json.loads(notes.path.read_text())
    assert content["lab"] == "x"
    assert content["notes"][:2] == given[:2]
    assert [one["same_note"] for one in content["notes"][2:]] == ["third", "new"]
    assert content["notes"][2]["by"] == "Jo"


def test_new_notes_are_kept_sorted(notes: Notes) -> None:
    for a, b in (("b", "c"), ("a", "z"), ("a", "b")):
        notes.save(Note(a, b, "x"))
    pairs = [(one["a"], one["b"]) for one in json.loads(notes.path.read_text())["notes"]]
    assert pairs == [("a", "b"), ("a", "z"), ("b", "c")]


def test_an_import_keeps_to_the_length_of_a_note(notes: Notes) -> None:
    for length in (10_001, 140_000):
        with pytest.raises(DataError, match="line 3"):
            notes.take_csv("a,b,same_note,difference_note\n1,2,x,y\n1,3,x," + "z" * length + "\n")
    assert not notes.path.exists()
    assert notes.take_csv("a,b,same_note,difference_note\n1,3,x," + "z" * 10_000 + "\n") == 1


def test_a_pipe_in_place_of_the_notes_is_named(notes: Notes) -> None:
    os.mkfifo(notes.path)
    with pytest.raises(PageError, match="it is no file"):
        notes.all()
