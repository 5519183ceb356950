from __future__ import annotations

import pytest

from offkey.errors import DataError
from offkey.evaluation.faults import Faults


def test_all_faults_come_in_one_sentence() -> None:
    faults = Faults("The folder x is faulty")
    faults.raise_if_any()
    faults.add("a.csv: empty")
    faults.add_names("b.csv", "missing", ["1.wav", "2.wav"])
    faults.add_names("b.csv", "doubled", [])
    with pytest.raises(DataError) as error:
        faults.raise_if_any()
    assert str(error.value) == "The folder x is faulty: a.csv: empty; b.csv: 2 missing (1.wav, 2.wav)."


def test_many_faults_are_counted() -> None:
    faults = Faults("Faulty")
    for number in range(11):
        faults.add(f"fault {number}")
    with pytest.raises(DataError, match=r"fault 7 and 3 more\.$"):
        faults.raise_if_any()
