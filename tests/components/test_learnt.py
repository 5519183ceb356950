from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from offkey.components import Component, Kind, Number, Numbers, Parts, Size
from offkey.errors import ParameterError


class Base(Component):
    """Something that knows its size."""

    name = "thing"
    learnt: ClassVar = {"n_": Size("features")}


class Thing(Base):
    """Something that has learnt."""

    learnt: ClassVar = {
        "rows_": Numbers("rows features"),
        "spread_": Numbers("rows", positive=True),
        "at_": Numbers("any", index="rows"),
        "pair_": Numbers("2 ..."),
        "level_": Number(positive=True),
        "word_": Kind(str),
        "parts_": Parts("params", optional=True),
        "spans_": Numbers("rows", optional=True, finite=False),
    }


def _thing(**changes: Any) -> Thing:
    thing = Thing()
    good = {
        "n_": 3,
        "rows_": np.zeros((2, 3)),
        "spread_": np.ones(2),
        "at_": np.array([0, 1, 1]),
        "pair_": np.zeros((2, 5, 1)),
        "level_": 0.5,
        "word_": "a",
        "parts_": [Base()],
        "spans_": np.array([np.nan, 1]),
    }
    vars(thing).update({name: value for name, value in {**good, **changes}.items() if value is not None})
    return thing


@pytest.mark.parametrize("changes", [{}, {"parts_": None, "spans_": None}, {"rows_": np.zeros((2, 3), "f2")}])
def test_what_is_as_declared_passes(changes: dict[str, Any]) -> None:
    _thing(**changes).check_learnt()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("n_", None, "'n_' must be there"),
        ("n_", True, "a whole number"),
        ("n_", 10**12, "a whole number"),
        ("rows_", None, "'rows_' must be there"),
        ("rows_", [[0.0]], "an array of numbers"),
        ("rows_", np.array(["a"]), "an array of numbers"),
        ("rows_", np.zeros((2, 4)), r"of shape \(rows, features\), with 3 for features"),
        ("rows_", np.zeros(3), r"of shape \(rows, features\)"),
        ("rows_", np.array([[0, np.nan, 0]] * 2), "finite"),
        ("spread_", np.ones(3), "with 2 for rows"),
        ("spread_", np.array([1.0, 0.0]), "above 0"),
        ("spread_", np.array([1.0, np.inf]), "finite"),
        ("at_", np.array([0.0]), "whole numbers"),
        ("at_", np.array([0, 2]), "from 0 to 1"),
        ("at_", np.array([-1]), "from 0 to 1"),
        ("pair_", np.zeros((3, 1)), "with 2 for 2"),
        ("level_", float("nan"), "a finite number"),
        ("level_", 0, "above 0"),
        ("level_", "1", "a finite number"),
        ("word_", "", "a str, not empty"),
        ("word_", 3, "a str, not empty"),
        ("parts_", [3], "components that can params"),
        ("parts_", [], "not empty"),
    ],
)
def test_what_is_not_is_named(name: str, value: Any, words: str) -> None:
    with pytest.raises(ParameterError, match=words) as caught:
        _thing(**{name: value}).check_learnt()
    assert f"'{name}'" in str(caught.value)
