from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from offkey.web.explore.query import PREFIX, Query, choices, select, where

FRAME = pl.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "name": ["fan/One.wav", "fan/two.wav", "pump/three.wav", "pump/four.wav"],
        "machine": ["fan", "fan", "pump", None],
        "score": [0.5, None, 2.0, -1.0],
        "error": [None, "bad", None, None],
        "rate": [16000, None, 16000, 8000],
        "channels": [1, None, 1, 1],
        "clipped": [0, 0, 3, 0],
        "silent_channels": [None, None, "1", None],
        "size": [1, 1, 1, None],
        "digest": ["x", "y", "x", None],
    }
)


def _ids(**params: str) -> list[str]:
    query = Query.read(params.items(), FRAME.columns)
    return select(FRAME, query, {"b", "d"})["id"].to_list()


def test_columns_have_a_prefix_in_addresses_whatever_they_are_called() -> None:
    columns = ["attributes", "action", "q", "page", "is.odd"]
    for name in columns:
        query = Query.read([(PREFIX + name, "x")], columns)
        assert query.equal == {name: "x"}
        assert Query.read([tuple(where(name, "x").split("="))], columns) == query
        assert query.page == 1
    assert Query.read([("action", "x"), ("q", "y")], columns) == Query(text="y", equal={"action": "x"})


def test_clips_are_chosen_and_sorted() -> None:
    assert _ids() == ["a", "b", "c", "d"]
    assert _ids(q="ONE") == ["a"]
    assert _ids(q=".*") == []
    assert _ids(machine="pump") == ["c"]
    assert _ids(machine="(none)") == ["d"]
    assert _ids(sort="score") == ["d", "a", "c", "b"]
    assert _ids(sort="score", order="desc") == ["c", "a", "d", "b"]
    assert _ids(selection="s", order="desc") == ["d", "b"]
    assert _ids(quality="unreadable") == ["b"]
    assert _ids(quality="clipped") == _ids(quality="silent channel") == ["c"]
    assert _ids(quality="duplicate") == ["a", "c"]
    assert _ids(quality="not measured yet") == ["d"]


def test_what_names_no_column_is_passed_over() -> None:
    assert _ids(nonsense="1", sort="nonsense", page="x", quality="none such") == ["a", "b", "c", "d"]


def test_choices_are_columns_with_few_values() -> None:
    assert choices(FRAME) == {"machine": ["fan", "pump", "(none)"], "rate": ["8000", "16000"]}


@given(st.dictionaries(st.sampled_from(["q", "machine", "sort", "order", "page", "selection"]), st.text(max_size=8)))
def test_an_address_says_what_was_read(params: dict[str, str]) -> None:
    from urllib.parse import parse_qsl

    query = Query.read(params.items(), FRAME.columns)
    assert Query.read(parse_qsl(query.address()), FRAME.columns) == query
