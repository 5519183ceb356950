from __future__ import annotations

import pytest

from offkey.datasets.label_words import LABEL_WORDS, label_of_file, label_of_folder
from offkey.tables import label_of

FAULTY = "normal OK good_clips no_fault fault-free non-anomalous healthy"


@pytest.mark.parametrize(
    "name",
    [
        "abnormal",
        "Anomalies",
        "NG",
        "NG2",
        "faulty-clips",
        "abnormal_02",
        "not_ok",
        "BearingFault",
        "AbnormalClips",
        "fan_ng",
        "bad",
        "failure",
        "Failed clips",
        "malfunction",
        "Anomaly class",
    ],
)
def test_a_folder_that_says_only_that_its_clips_are_faulty_is_believed(name: str) -> None:
    assert label_of_folder(name) == "anomaly"


@pytest.mark.parametrize("name", FAULTY.split())
def test_a_folder_may_call_its_clips_normal_or_free_of_faults(name: str) -> None:
    assert label_of_folder(name) == "normal"


@pytest.mark.parametrize(
    "name", ["anomaly-project", "anomaly_detection", "normal_and_abnormal", "mixed", "singing", "2024", "wrong"]
)
def test_a_folder_that_says_something_else_tells_no_label(name: str) -> None:
    assert label_of_folder(name) is None


@pytest.mark.parametrize(
    ("stem", "label"),
    [
        ("abnormal_01", "anomaly"),
        ("pump3_NG_2024", "anomaly"),
        ("a faulty one at noon", "anomaly"),
        ("NG_No3", "anomaly"),
        ("normal_03", "normal"),
        ("anomaly_free_3", "normal"),
        ("normal_speed_3", None),
        ("bad_weather", None),
        ("broken_line", None),
        ("00000012", None),
    ],
)
def test_a_file_name_is_anomalous_by_sure_words_and_else_if_it_says_nothing_else(stem: str, label: str | None) -> None:
    assert label_of_file(stem) == label


def test_a_cell_of_a_table_may_say_whatever_a_folder_may() -> None:
    assert {word: ("normal", "anomaly")[label_of(word.upper()) or 0] for word in LABEL_WORDS} == LABEL_WORDS
