from __future__ import annotations

from pathlib import Path

import pytest

from offkey.errors import DataError
from offkey.evaluation.labels import find_labels, match_labels, read_labels
from offkey.evaluation.score_table import table_from_columns


def test_labels_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("file,machine,label\na.wav,fan,normal\nb.wav,fan,1\n")
    assert read_labels(path) == {"a.wav": 0, "b.wav": 1}
    path.write_text("label,file_id\nabnormal,a\n")
    assert read_labels(path) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found 'nothing'"),
        ("a.wav,1\n", "line 1: expected a header with 'file' and 'label', found 'a.wav,1'"),
        ("file,label\n", "has a header but no rows"),
        ("file,label\na.wav,2\n", "line 2: expected a file and 0 or normal, 1 or anomaly; found 'a.wav,2'"),
        ("file,label\n,1\n", "line 2: expected a file"),
        ("file,label\na.wav\n", "line 2: expected 2 columns, found 1"),
        ("file,label\na.wav,1\na.wav,1\n", r"line 3: a\.wav is listed twice"),
    ],
)
def test_malformed_labels_files_are_refused_with_the_row(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_labels(path)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("x/a.wav", "x/a.wav"),
        ("x/a.wav", "./x/a.wav"),
        ("x/a.wav", "x\\a.wav"),
        ("/data/x/a.wav", "x/a.wav"),
        ("x/a.wav", "/data/x/a.wav"),
        ("/data/x/a.wav", "a.wav"),
        ("/here/a.wav", "/there/a.wav"),
        ("a", "x/a.wav"),
        ("x/a.wav", "a"),
        ("pump 7.2", "pump 7.2"),
    ],
)
def test_paths_that_fit(file: str, name: str) -> None:
    assert match_labels([file], {name: 1}) == [1]


def test_the_path_decides_where_the_name_cannot() -> None:
    files = ["/data/fan/test/0.wav", "/data/pump/test/0.wav"]
    assert match_labels(files, {"pump/test/0.wav": 1, "fan/test/0.wav": 0}) == [0, 1]
    assert match_labels(["a.wav", "a.flac"], {"a.flac": 1, "a.wav": 0}) == [0, 1]


@pytest.mark.parametrize(
    ("files", "given", "message"),
    [
        (["a.wav", "b.wav"], {"a.wav": 1}, r"without a label: 1 clips \(b\.wav\)"),
        (["a.wav"], {"a.wav": 1, "c.wav": 0}, r"whose clip was not scored: 1 labels \(c\.wav\)"),
        (["a.wav"], {"a.flac": 1}, r"without a label: 1 clips \(a\.wav\); whose clip was not scored: 1 labels"),
        (["a.wav"], {"x/a.wav": 1, "y/a.wav": 0}, r"with more than one label that fits: 1 clips \(a\.wav\)\."),
        (["x/a.wav", "y/a.wav"], {"a.wav": 1}, r"that fits other clips as well \(give paths\): 2 clips"),
        (["z/a.wav"], {"x/a.wav": 1, "y/a.wav": 0}, "with more than one label that fits"),
    ],
)
def test_what_does_not_fit_is_listed(files: list[str], given: dict[str, int], message: str) -> None:
    with pytest.raises(DataError, match=message):
        match_labels(files, given)


def test_labels_of_clips_that_failed_may_be_there() -> None:
    assert match_labels(["a.wav"], {"a.wav": 1, "x/b.wav": 0}, failed=["x/b.wav"]) == [1]


def test_a_labels_file_goes_before_the_column() -> None:
    table = table_from_columns({"file": ["a.wav"], "score": [1], "label": [0]})
    assert find_labels(table).values == [0]
    assert find_labels(table).source == "the label column"
    assert find_labels(table, {"a.wav": 1}).values == [1]


def test_an_empty_label_is_named() -> None:
    with pytest.raises(DataError, match=r"The 'label' column of the table is empty for 2 clips: a\.wav, b\.wav"):
        find_labels(table_from_columns({"file": ["a.wav", "b.wav"], "score": [1, 2], "label": [None, "unsure"]}))


@pytest.mark.parametrize(
    ("file", "label"),
    [
        ("anomaly_id_00_00000000.wav", 1),
        ("fan/test/section_00_source_test_normal_0000_vel_6.wav", 0),
        ("6dB/fan/id_00/abnormal/00000000.wav", 1),
        ("test/normal/x.wav", 0),
        ("test/anomaly/x.wav", 1),
    ],
)
def test_official_names_tell_labels(file: str, label: int) -> None:
    assert find_labels(table_from_columns({"file": [file], "score": [1]})).values == [label]


def test_silent_names_are_listed() -> None:
    with pytest.raises(DataError, match=r"No name of a clip in the table gives its label \(mystery\.wav\): give"):
        find_labels(table_from_columns({"file": ["mystery.wav"], "score": [1]}))


def test_labels_of_some_clips_label_only_these(tmp_path: Path) -> None:
    files = ["data/x/a.wav", "data/x/b.wav", "data/y/a.wav"]
    table = table_from_columns({"file": files, "score": [1, 2, 3]})
    path = tmp_path / "audio_labels.csv"
    path.write_text("file,label,comment\nx/a.wav,normal,fine\nx/b.wav,unsure,\nz/c.wav,anomaly,not scored\n")
    found = find_labels(table, read_labels(path))
    assert found.values == [0, None, None]
    assert found.unused == ["z/c.wav"]


def test_labels_of_another_folder_are_not_taken_by_name_alone() -> None:
    table = table_from_columns({"file": ["id_02/0.wav", "id_02/1.wav", "id_02/2.wav"], "score": [1, 2, 3]})
    with pytest.raises(DataError, match="without a label"):
        find_labels(table, {"id_00/0.wav": 0, "id_00/1.wav": 1})
    assert find_labels(table, {f"id_00/{n}.wav": n % 2 for n in range(3)}).values == [0, 1, 0]  # the same, moved


def test_rows_without_a_label_are_passed_over_but_not_all(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("file,label\na.wav,unsure\nb.wav,\n")
    with pytest.raises(DataError, match="no rows with a label"):
        read_labels(path)


def test_a_column_or_names_may_label_some_clips() -> None:
    table = table_from_columns({"file": ["a.wav", "b.wav"], "score": [1, 2], "label": ["ok", "unsure"]})
    assert find_labels(table).values == [0, None]
    table = table_from_columns({"file": ["test/normal/a.wav", "mystery.wav"], "score": [1, 2]})
    assert find_labels(table).values == [0, None]
