from __future__ import annotations

import pytest

from offkey.datasets.label_words import LABEL_WORDS
from offkey.tables.cells import LABELS, label_of, means_no_label, number


@pytest.mark.parametrize("text", ["1", "1.0", "anomaly", "Anomalous", "ABNORMAL", " anomaly ", "True", "NG", "bad"])
def test_words_for_anomalies(text: str) -> None:
    assert label_of(text) == 1
    assert not means_no_label(text)


@pytest.mark.parametrize("text", ["0", "0.0", "normal", "False", "FALSE", "OK", "Healthy"])
def test_words_for_normal(text: str) -> None:
    assert label_of(text) == 0


@pytest.mark.parametrize("text", ["2", "-1", "0.5", "inf", "maybe", "normal?"])
def test_no_words_for_either(text: str) -> None:
    assert label_of(text) is None
    assert not means_no_label(text)


@pytest.mark.parametrize("text", ["", " ", "unsure", "Unknown", "nan", "N/A", "None"])
def test_words_for_no_label(text: str) -> None:
    assert label_of(text) is None
    assert means_no_label(text)


def test_folders_and_cells_mean_the_same_by_the_same_word() -> None:
    words = [word for word in LABELS if word in LABEL_WORDS]
    assert set(LABELS) - set(words) == {"0", "1", "false", "true"}
    assert {word: LABELS[word] for word in words} == {word: int(LABEL_WORDS[word] == "anomaly") for word in words}


def test_numbers() -> None:
    assert number("1e3") == 1000
    assert number("") is number("high") is None
