from __future__ import annotations

import json
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
    "content", ["{", "[]", '{"form": 1}', '{"form": 9, "notes": []}', '{"form": 1, "notes": [{"revision": "x"}]}']
)
def test_a_damaged_file_is_named_and_never_overwritten(notes: Notes, content: str) -> None:
    notes.path.write_text(content)
    for act in (notes.all, lambda: notes.save(Note("a", "b", "x"))):
        with pytest.raises(PageError, match=str(notes.path)):
            act()
    assert notes.path.read_text() == content
