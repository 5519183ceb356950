from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import offkey
from offkey.cli.main import main
from offkey.datasets import read_table
from offkey.evaluation.labels import read_labels
from offkey.web.explore.labels import DECIDED, UNSURE, Labels
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
