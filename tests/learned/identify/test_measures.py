from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from offkey.errors import DataError
from offkey.learned.identify.measures import measure_types


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", "unknown"])), min_size=1))
def test_figures_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    truth, called = zip(*pairs, strict=True)
    figures = measure_types(truth, called)
    there = sorted(set(truth))
    matrix = np.zeros((len(figures.labels),) * 2, int)
    for true, call in pairs:
        matrix[figures.labels.index(true), figures.labels.index(call)] += 1
    assert figures.accuracy == pytest.approx(accuracy_score(truth, called))
    assert figures.macro_f1 == pytest.approx(f1_score(truth, called, labels=there, average="macro", zero_division=0))
    np.testing.assert_array_equal(figures.matrix, matrix)


def test_unknown_stands_last_and_nothing_cannot_be_measured() -> None:
    assert measure_types(["valve", "a"], ["unknown", "a"]).labels == ["a", "valve", "unknown"]
    with pytest.raises(DataError, match="no clip to measure"):
        measure_types([], [])
