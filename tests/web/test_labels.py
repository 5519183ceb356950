from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

import offkey
from offkey.cli.main import main
from offkey.datasets import read_table
from offkey.evaluation.labels import read_labels
from offkey.web.explore.labels import DECIDED, UNSURE, Label, Labels
from offkey.web.explore.library import open_library
from offkey.web.failures import PageError


def test_labels_are_in_the_form_that_evaluate_takes(root: Path) -> None:
    library = open_library("folder", root)
    labels = Labels(library)
    first, second, third = library.ids[:3]
    labels.set(first, "anomaly", 'clicks,  \n and "hiss"')
    labels.set(second, "normal")
    labels.set(third, "unsure", "hm")
    names = [library.name(clip) for clip in library.ids]
    assert read_labels(root / DECIDED) == {names[0]: 1, names[1]: 0}
    table = read_table(root / DECIDED)
    assert table["label"].to_list() == ["anomaly", "normal"]
    assert table["machine"].to_list() == ["fan", "fan"]
    assert table["comment"].to_list() == ['clicks, and "hiss"', None]
    rows = list(csv.DictReader((root / UNSURE).read_text().splitlines()))
    assert [(row["file"], row["label"], row["comment"]) for row in rows] == [(names[2], "", "hm")]


def test_a_model_is_evaluated_on_what_was_labelled(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = open_library("folder", root)
    labels = Labels(library)
    test = [clip for clip in library.ids if library.name(clip).startswith("fan/test")]
    for clip in test[1:]:
        labels.set(clip, "anomaly" if "anomaly" in library.name(clip) else "normal")
    labels.set(test[0], "unsure")
    model, scores = tmp_path / "fan.offkey", tmp_path / "scores.csv"
    offkey.fit(root / "fan" / "train", detector="knn").save(model)
    assert main(["score", str(model), str(root / DECIDED), "--out", str(scores)]) == 0
    assert main(["evaluate", str(scores), "--labels", str(root / DECIDED), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["auc"], report["n_anomalous"], report["n_normal"]) == (1.0, 2, 3)


def test_labels_survive_a_restart_and_move_and_go(root: Path) -> None:
    library = open_library("folder", root)
    clip = library.ids[0]
    for word in ("normal", "unsure", "anomaly"):
        Labels(library).set(clip, word, "why")
        label = Labels(library).get(clip)
        assert label is not None
        assert (label.label, label.comment) == (word, "why")
        assert len(Labels(library).all()) == 1
    Labels(library).set(clip, "")
    assert Labels(library).all() == {}


def test_many_labels_are_one_change_of_the_file(root: Path) -> None:
    library = open_library("folder", root)
    labels, one_by_one = Labels(library), library.ids[::-1]
    labels.set_many({clip: Label("anomaly" if k % 3 else "unsure", f"c{k}") for k, clip in enumerate(one_by_one)})
    at_once = (root / DECIDED).read_bytes()
    (root / DECIDED).unlink()
    (root / UNSURE).unlink()
    for k, clip in enumerate(one_by_one):
        labels.set(clip, "anomaly" if k % 3 else "unsure", f"c{k}")
    assert (root / DECIDED).read_bytes() == at_once
    with pytest.raises(PageError):
        labels.set_many({library.ids[0]: Label("normal"), library.ids[1]: Label("bad")})
    assert (root / DECIDED).read_bytes() == at_once


def test_two_windows_do_not_write_over_each_other(root: Path) -> None:
    library = open_library("folder", root)
    one, other = Labels(library), Labels(library)
    for k, clip in enumerate(library.ids):
        (one, other)[k % 2].set(clip, "normal")
    assert len(Labels(library).all()) == len(library)
    assert one.all() == other.all()


def test_wrong_labels_are_refused(root: Path) -> None:
    labels = Labels(open_library("folder", root))
    clip = next(iter(open_library("folder", root).ids))
    for arguments, status in (((clip, "bad"), 400), ((clip, "normal", "x" * 2001), 400), (("none", "normal"), 404)):
        with pytest.raises(PageError) as caught:
            labels.set(*arguments)
        assert caught.value.status == status
    assert not (root / DECIDED).exists()


def test_a_damaged_file_is_named(root: Path) -> None:
    (root / DECIDED).write_text("nonsense\n1\n")
    with pytest.raises(PageError, match=r"audio_labels\.csv cannot be read .* mend or move the file"):
        Labels(open_library("folder", root))


BY_HAND = """\
file;Label;rater;severity\r
"fan/test/anomaly_id_00_00000000.wav";Anomaly;Jo;3\r
fan\\test\\anomaly_id_00_00000001.wav;abnormal;"Ed; Mo";\r
fan/test/normal_id_00_00000000.wav;0;;\r
elsewhere.wav;1;Jo;1\r
fan/test/normal_id_00_00000001.wav;perhaps;Jo;\r
"""
FIRST, SECOND = "fan/test/anomaly_id_00_00000000.wav", "fan/test/anomaly_id_00_00000001.wav"
THIRD, FOURTH = "fan/test/normal_id_00_00000000.wav", "fan/test/normal_id_00_00000001.wav"


def _clip(library, name: str) -> str:
    found = library.find(name)
    assert found is not None
    return str(found)


def test_a_file_written_by_hand_is_read_and_keeps_all_that_stands_in_it(root: Path) -> None:
    (root / DECIDED).write_bytes(BY_HAND.encode())
    library = open_library("folder", root)
    labels = Labels(library)
    words = {library.name(clip): label.label for clip, label in labels.all().items()}
    assert words == {FIRST: "anomaly", SECOND: "anomaly", THIRD: "normal"}
    labels.set(_clip(library, THIRD), "anomaly")
    assert (root / DECIDED).read_bytes() == BY_HAND.replace("00000.wav;0;", "00000.wav;anomaly;").encode()
    labels.set(_clip(library, FIRST), "anomaly")  # it says so in its own words
    labels.set(_clip(library, FOURTH), "normal", "not perhaps")
    lines = (root / DECIDED).read_text().splitlines()
    assert [line.split(";")[1] for line in lines] == ["Label", "Anomaly", "abnormal", "anomaly", "1", "normal"]
    assert lines[0] == "file;Label;rater;severity;comment"
    assert lines[5].endswith(";normal;Jo;;not perhaps")


def test_further_columns_go_with_a_clip_and_stay_when_its_label_is_taken_back(root: Path) -> None:
    (root / DECIDED).write_bytes(BY_HAND.encode())
    library = open_library("folder", root)
    labels = Labels(library)
    labels.set(_clip(library, FIRST), "unsure", "hm")
    assert FIRST not in (root / DECIDED).read_text()
    (row,) = csv.DictReader((root / UNSURE).read_text().splitlines())
    assert (row["file"], row["label"], row["comment"], row["rater"], row["severity"]) == (FIRST, "", "hm", "Jo", "3")
    labels.set(_clip(library, FIRST), "")
    assert labels.get(_clip(library, FIRST)) is None
    assert [*csv.DictReader((root / UNSURE).read_text().splitlines())] == []
    assert f"{FIRST};;Jo;3" in (root / DECIDED).read_text()
    labels.set(_clip(library, THIRD), "")
    assert THIRD not in (root / DECIDED).read_text()  # nothing else was said of it
    labels.set(_clip(library, FIRST), "normal")
    assert f"{FIRST};normal;Jo;3" in (root / DECIDED).read_text()


def test_a_clip_in_both_files_has_the_label_that_was_given_last(root: Path) -> None:
    (root / DECIDED).write_text(f"file,label,rater\n{FIRST},normal,Jo\n")
    (root / UNSURE).write_text(f"file,label,rater\n{FIRST},,Ed\n")
    library = open_library("folder", root)
    clip = _clip(library, FIRST)
    for word in ("anomaly", "unsure", "normal", "", "unsure", ""):
        labels = Labels(library)
        labels.set(clip, word)
        found = labels.get(clip)
        assert (found.label if found else "") == word
        assert "Jo" in (root / DECIDED).read_text() + (root / UNSURE).read_text()
        assert "Ed" in (root / DECIDED).read_text() + (root / UNSURE).read_text()


def test_a_label_that_is_not_there_is_taken_back_without_a_file(root: Path) -> None:
    library = open_library("folder", root)
    Labels(library).set(library.ids[0], "")
    assert not (root / DECIDED).exists()


def test_a_pipe_in_place_of_the_labels_is_named(root: Path) -> None:
    os.mkfifo(root / DECIDED)
    with pytest.raises(PageError, match="it is no file"):
        Labels(open_library("folder", root))
