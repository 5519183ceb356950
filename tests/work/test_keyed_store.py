from __future__ import annotations

import pickle
from pathlib import Path

import polars as pl
import pytest

from offkey.errors import OffkeyError
from offkey.work.keyed_store import KeyedStore, part_of

SCHEMA = {"n": pl.Int64}


def _rows(**rows: list[int]) -> pl.DataFrame:
    pairs = [(key, n) for key, values in rows.items() for n in values]
    return pl.DataFrame(pairs, schema={"key": pl.String, **SCHEMA}, orient="row")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "kept")


def _found(store: KeyedStore, *keys: str) -> list[tuple[str, int]]:
    return [row for table in store.tables(keys) for row in table.rows()]


def test_rows_are_found_again_by_their_keys(folder: str) -> None:
    store = KeyedStore(folder, SCHEMA)
    assert store.missing(["a", "b", "a"]) == ["a", "b"]
    store.write(_rows(a=[1, 2], b=[3]))
    store.write(_rows(c=[4]))
    for found in (store, KeyedStore(folder, SCHEMA), pickle.loads(pickle.dumps(store))):  # noqa: S301 - made here
        assert found.missing(["a", "d"]) == ["d"]
        assert sorted(found.keys()) == ["a", "b", "c"]
        assert _found(found, "c", "a") == [("c", 4), ("a", 1), ("a", 2)]
    few = KeyedStore(folder, SCHEMA, store.places(["b"]))
    assert few.missing(["a", "b"]) == ["a"]
    assert _found(few, "b") == [("b", 3)]


def test_a_part_is_named_by_its_keys_whoever_writes_it(folder: str, tmp_path: Path) -> None:
    here, there = KeyedStore(folder, SCHEMA), KeyedStore(folder, SCHEMA)
    here.write(_rows(a=[1], b=[2]))
    first = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    there.write(_rows(a=[1], b=[2]))
    assert {path.name: path.read_bytes() for path in Path(folder).iterdir()} == first
    assert set(first) == {part_of(["a", "b"])}
    late = KeyedStore(str(tmp_path / "late" / "kept"), SCHEMA)
    KeyedStore(late.folder, SCHEMA).write(_rows(a=[1], b=[2]))
    late.remember(["a", "b"])
    assert _found(late, "b") == [("b", 2)]


def test_a_damaged_or_foreign_part_counts_as_not_there(folder: str, tmp_path: Path) -> None:
    store = KeyedStore(folder, SCHEMA)
    store.write(_rows(a=[1]))
    store.write(_rows(b=[2]))
    part = Path(folder) / part_of(["a"])
    whole = part.read_bytes()
    for content in (whole[:40], whole[:-1], b"", whole[:30] + b"\0" + whole[31:]):
        part.write_bytes(content)
        assert KeyedStore(folder, SCHEMA).missing(["a", "b"]) == ["a"]
        with pytest.raises(OffkeyError, match=rf"The part .*{part.name} cannot be read .*: delete it"):
            _found(store, "a")
    part.write_bytes(whole)
    assert KeyedStore(folder, {"n": pl.Float64}).missing(["a", "b"]) == ["a", "b"]
    other = tmp_path / "another"
    Path(folder).rename(other)
    assert KeyedStore(str(other), SCHEMA).missing(["a", "b"]) == ["a", "b"]
