from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offkey.cli.value_lists import values_of
from offkey.errors import UsageError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("n=1,2,4,8", [1, 2, 4, 8]),
        ("n=3", [3]),
        ("kind=diag, full", ["diag", "full"]),
        ("flag=true,false,null", [True, False, None]),
        ("pooling=[1.0],[1.0, 0.9]", [[1.0], [1.0, 0.9]]),
        ('name="a,b",c', ["a,b", "c"]),
        ("scale=1e-3,0.5", [0.001, 0.5]),
        ('keep=["rms_db mean"],["rms_db mean","kurtosis max"]', [["rms_db mean"], ["rms_db mean", "kurtosis max"]]),
    ],
)
def test_values_are_json_or_else_text(text: str, values: list[Any]) -> None:
    name = text.partition("=")[0]
    assert values_of("--param", [text]) == {name: values}


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_any_json_comes_back(values: list[Any]) -> None:
    text = ",".join(json.dumps(value) for value in values)
    assert values_of("--param", [f"n={text}"]) == {"n": values}


def test_several_parameters_are_several_options() -> None:
    assert values_of("--param", ["a=1,2", "b=x"]) == {"a": [1, 2], "b": ["x"]}
    assert values_of("--param", []) == {}


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["n"], "must have the form NAME=V1,V2,... Got 'n' instead"),
        (["=1,2"], "must have the form"),
        (["n=1,,2"], "has an empty value in 'n=1,,2'"),
        (["n="], "has an empty value"),
        (["n=[1,2"], "a bracket or quote that is not closed: 'n=\\[1,2'"),
        (["n=1,2]"], "a bracket or quote that is not closed"),
        (['n="a'], "a bracket or quote that is not closed"),
        (["n=1", "n=2"], "lists 'n' twice: name all its values in one"),
    ],
)
def test_another_form_is_refused(texts: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        values_of("--param", texts)
