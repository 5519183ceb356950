"""States as they come back from a file."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.components.written import written_and_read


def test_arrays_come_back_as_they_are_and_tuples_as_lists() -> None:
    state = {"name": "a", "learnt": [{"onnx": np.arange(3, dtype=np.uint8)}], "pair": (1, 2.5)}
    found = written_and_read(state)
    assert found["learnt"][0]["onnx"].dtype == np.uint8
    assert found["learnt"][0]["onnx"].tolist() == [0, 1, 2]
    assert (found["name"], found["pair"]) == ("a", [1, 2.5])


@pytest.mark.parametrize("value", [np.array([object()]), float("nan"), {1, 2}])
def test_a_file_cannot_hold_everything(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        written_and_read({"learnt": value})
