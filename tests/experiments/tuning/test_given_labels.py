from __future__ import annotations

import pytest

from offkey.datasets.table import make_table
from offkey.errors import DataError
from offkey.experiments.tuning.given_labels import with_labels


def test_test_clips_without_a_label_get_theirs_and_others_keep_their_own() -> None:
    rows = [
        {"file": "d/train/a.wav", "split": "train", "label": "normal"},
        {"file": "d/test/b.wav", "split": "test"},
        {"file": "d/test/c.wav", "split": "test", "label": "normal"},
        {"file": "d/e.wav"},
    ]
    labelled = with_labels(make_table(rows), {"d/test/b.wav": 1, "e.wav": 0})
    assert labelled["label"].to_list() == ["normal", "anomaly", "normal", "normal"]
    assert labelled["split"].to_list() == ["train", "test", "test", "test"]
    assert labelled.schema == make_table(rows).schema


def test_clips_that_the_file_does_not_label_stay_without_one() -> None:
    table = make_table(
        [{"file": "d/b.wav", "split": "test"}, {"file": "d/c.wav", "split": "test"}, {"file": "d/e.wav"}]
    )
    labelled = with_labels(table, {"d/b.wav": 1, "d/gone.wav": 0})
    assert labelled["label"].to_list() == ["anomaly", None, None]
    assert labelled["split"].to_list() == ["test", "test", None]


def test_labels_must_fit() -> None:
    table = make_table([{"file": "b.wav", "split": "test"}, {"file": "c.wav", "split": "test"}])
    with pytest.raises(DataError, match=r"without a label.*b\.wav, c\.wav"):
        with_labels(table, {"z.wav": 1})
    with pytest.raises(DataError, match="there is no test clip without a label"):
        with_labels(make_table([{"file": "b.wav", "split": "test", "label": "normal"}]), {"b.wav": 1})
