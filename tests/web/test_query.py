from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from offkey.web.explore.query import PREFIX, Query, choices, ranges, select, where

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


def _ids(*several: tuple[str, str], **params: str) -> list[str]:
    query = Query.read([*several, *params.items()], FRAME.columns)
    return select(FRAME, query, {"b", "d"})["id"].to_list()


def test_columns_have_a_prefix_in_addresses_whatever_they_are_called() -> None:
    columns = ["attributes", "action", "q", "page", "is.odd"]
    for name in columns:
        query = Query.read([(PREFIX + name, "x")], columns)
        assert query.among == {name: ("x",)}
        assert Query.read([tuple(where(name, "x").split("="))], columns) == query
        assert query.page == 1
    assert Query.read([("action", "x"), ("q", "y")], columns) == Query(text="y", among={"action": ("x",)})


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


def test_several_values_and_ranges_are_chosen() -> None:
    assert _ids(("machine", "fan"), ("machine", "pump")) == ["a", "b", "c"]
    assert _ids(("machine", "pump"), ("machine", "(none)")) == ["c", "d"]
    assert _ids(
        ("from.score", "0"),
    ) == ["a", "c"]
    assert _ids(("from.score", "-1"), ("to.score", "0,5")) == ["a", "d"]
    assert _ids(
        ("to.score", "\u22121"),
    ) == ["d"]
    assert _ids(("from.score", "much"), ("to.nothing", "1")) == ["a", "b", "c", "d"]
    assert ranges(FRAME) == {"score": (-1.0, 2.0), "rate": (8000.0, 16000.0), "clipped": (0.0, 3.0)}


def test_columns_to_show_stand_in_the_address() -> None:
    query = Query.read([("column", "score"), ("column", "machine"), ("column", "no such")], FRAME.columns)
    assert query.columns == ("score", "machine")
    assert query.address() == "column=score&column=machine"


def test_what_names_no_column_is_passed_over() -> None:
    assert _ids(nonsense="1", sort="nonsense", page="x", quality="none such") == ["a", "b", "c", "d"]


def test_choices_are_columns_with_few_values() -> None:
    assert choices(FRAME) == {"machine": ["fan", "pump", "(none)"], "rate": ["8000", "16000"]}


KEYS = ("q", "machine", "sort", "order", "page", "selection", "column", "from.score", "to.score", "is.from.score")


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.text(max_size=8) | st.floats().map(str))))
def test_an_address_says_what_was_read(params: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl

    query = Query.read(params, [*FRAME.columns, "from.score"])
    assert Query.read(parse_qsl(query.address()), [*FRAME.columns, "from.score"]) == query
