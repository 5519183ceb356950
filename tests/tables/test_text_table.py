from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.datasets.table import read_table
from offkey.errors import DataError
from offkey.evaluation.labels import read_labels
from offkey.evaluation.score_files import read_score_table
from offkey.tables import read_lines, read_text_table, table_from_text

PLAIN = "file,label,score\nLüfter.wav,normal,0.25\nb.wav,1,2.5\n"

FORMS = {
    "plain": PLAIN.encode(),
    "byte-order mark": PLAIN.encode("utf-8-sig"),
    "line ends of Windows": PLAIN.replace("\n", "\r\n").encode(),
    "line ends of old Macs": PLAIN.replace("\n", "\r").encode(),
    "no line end at the end": PLAIN.rstrip().encode(),
    "UTF-16": PLAIN.replace(",", "\t").encode("utf-16"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-16, the other way round": PLAIN.encode("utf-16-be"),
    "Windows-1252": PLAIN.encode("cp1252"),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "bars": PLAIN.replace(",", "|").encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "semicolons and decimal commas": PLAIN.replace(",", ";").replace(".25", ",25").replace(".5", ",5").encode(),
    "a separator for Excel": ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
    "capitals": PLAIN.replace("file,label,score", "File,LABEL,Score").encode(),
    "blanks": PLAIN.replace(",", " , ").encode(),
    "quotes": b'"file","label","score"\n"L\xc3\xbcfter.wav","normal","0.25"\n"b.wav", "1","2.5"\n',
    "blank lines": PLAIN.replace("\n", "\n\n").encode(),
    "empty rows of Excel": (PLAIN + ",,\n,,\n").encode(),
    "commas at the ends": PLAIN.replace("\n", ",\n").encode(),
    "commas at the ends of rows": PLAIN.replace("5\n", "5,,\n").encode(),
    "an index": "".join(f"{i or ''},{row}\n" for i, row in enumerate(PLAIN.splitlines())).encode(),
    "an index of a data frame": ("Unnamed: 0," + PLAIN.replace("\nL", "\n0,L").replace("\nb", "\n1,b")).encode(),
    "further columns": PLAIN.replace("score\n", "score,comment\n")
    .replace("2.5\n", '2.5,"a note,\nof two lines"\n')
    .encode(),
    "labels as truth": PLAIN.replace("normal", "False").replace(",1,", ",True,").encode(),
    "labels as numbers": PLAIN.replace("normal", "0.0").replace(",1,", ",1.0,").encode(),
    "labels as words": PLAIN.replace("normal", "ok").replace(",1,", ",NG,").encode(),
    "unsure": (PLAIN + "c.wav,unsure,1\n").encode(),
}


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    for name in ("Lüfter.wav", "b.wav", "c.wav"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize("form", FORMS)
def test_all_readers_take_a_table_in_all_forms(clips: Path, form: str) -> None:
    path = clips / "t.csv"
    path.write_bytes(FORMS[form])
    assert read_labels(path) == {"Lüfter.wav": 0, "b.wav": 1}
    assert [(clip.file, clip.score, clip.label) for clip in read_score_table(path).clips][:2] == [
        ("Lüfter.wav", 0.25, 0),
        ("b.wav", 2.5, 1),
    ]
    table = read_table(path)[:2]
    assert table["file"].to_list() == [str(clips / "Lüfter.wav"), str(clips / "b.wav")]
    assert table["label"].to_list() == ["normal", "anomaly"]


WRONG = {
    "NUL bytes": (PLAIN.encode() + b"\0\0\0\0,0,1\n", "line 4: there are NUL bytes"),
    "a quote that is not closed": (
        PLAIN.encode() + b'"c.wav,0\n' + b"x" * 200_000,
        "line 4: .* a quote that is not closed",
    ),
    "a comma in a name": (PLAIN.encode() + b"c,d.wav,0,1\n", "line 4: expected 3 columns, found 4; .* in quotes"),
    "two columns of one name": (b"file,label,Label,score\n", "has two columns 'label'"),
    "a workbook": (b"PK\x03\x04 and so on", "is a workbook or an archive: save it as CSV"),
    "a word that is no label": (PLAIN.encode() + b"c.wav,maybe,1\n", "maybe"),
}


@pytest.mark.parametrize("reader", [read_labels, read_score_table, read_table])
@pytest.mark.parametrize("form", WRONG)
def test_what_cannot_be_read_is_one_sentence_with_the_place(clips: Path, form: str, reader) -> None:
    path = clips / "t.csv"
    path.write_bytes(WRONG[form][0])
    with pytest.raises(DataError, match=WRONG[form][1]) as caught:
        reader(path)
    assert "t.csv" in str(caught.value)
    assert "\0" not in str(caught.value)


@given(st.sampled_from(sorted(FORMS)), st.data())
def test_damaged_tables_are_refused_in_a_sentence_or_read(tmp_path_factory, form: str, data: st.DataObject) -> None:
    content = bytearray(FORMS[form])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 5))
        content[place : place + length] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\0", b"\r", b"\xff"])
        )
    path: Path = tmp_path_factory.mktemp("damaged") / "t.csv"
    path.write_bytes(content)
    for reader in (read_labels, read_score_table, read_table):
        try:
            reader(path)
        except DataError as error:
            sentence = str(error)
            assert "t.csv" in sentence
            assert "\n" not in sentence
            sentence.encode()


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes('\ufefffile,score\r\n\r\n ä.wav , 1\r\n,\r\n"b\r.wav",2\r\nc,3'.encode())
    expected = [(1, ["file", "score"]), (3, ["ä.wav", "1"]), (5, ["b\r.wav", "2"]), (7, ["c", "3"])]
    assert read_lines(tmp_path / "a.csv", "score file") == expected


def test_a_competition_has_commas_and_utf8_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b.wav,0,5\n")
    assert read_lines(path, "file", official=True) == [(1, ["a;b.wav", "0", "5"])]
    path.write_bytes("ä.wav,1\n".encode("cp1252"))
    with pytest.raises(DataError, match="is no CSV file in UTF-8"):
        read_lines(path, "file", official=True)


def test_names_that_no_encoding_explains_read_as_offkey_writes_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"file,label\n\x83\x81\x90.wav,1\n")
    assert read_labels(tmp_path / "a.csv") == {"\\x83\\x81\\x90.wav": 1}


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder: name a file in it"):
        read_lines(tmp_path, "score file")
    with pytest.raises(DataError, match=r"The score file .*none\.csv cannot be read: No such file"):
        read_lines(tmp_path / "none.csv", "score file")
    with pytest.raises(DataError, match="cannot be read"):
        read_lines(tmp_path / "nul\0.csv", "score file")
    (tmp_path / "empty.csv").touch()
    assert read_text_table(tmp_path / "empty.csv", "table", ("file",)).columns == []


def test_short_rows_are_filled_up_to_what_is_needed() -> None:
    table = table_from_text("file,label,comment\na,1\nb\n", "The text", ("file", "label"))
    rows = table.rows(("file", "label"))
    assert next(rows) == (2, {"file": "a", "label": "1", "comment": ""})
    with pytest.raises(DataError, match="The text, line 3: expected 3 columns, found 1"):
        next(rows)


def test_other_columns_keep_their_spelling() -> None:
    assert table_from_text("FILE,ToyCar,toycar,\na,1,2,3\n", "t", ("file",)).columns == ["file", "ToyCar", "toycar"]
