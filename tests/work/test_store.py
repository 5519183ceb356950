from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from offkey.errors import OffkeyError
from offkey.work.store import Store

TABLE = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
SCHEMA = {"a": pl.Int64, "b": pl.String}


def test_a_part_is_read_as_it_was_written_and_other_readers_read_it_too(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "run"), SCHEMA)
    assert store.names() == set()
    store.write("one.parquet", TABLE)
    (tmp_path / "run" / "manifest.json").write_text("{}")
    assert store.names() == {"one.parquet"}
    assert store.read("one.parquet").equals(TABLE)
    assert pl.read_parquet(tmp_path / "run" / "one.parquet").equals(TABLE)
    assert store.find_column("one.parquet", "b") == ["x", None]


def test_a_part_that_is_damaged_gone_or_another_is_named(tmp_path: Path) -> None:
    store = Store(str(tmp_path), SCHEMA)
    store.write("one.parquet", TABLE)
    whole = (tmp_path / "one.parquet").read_bytes()
    (tmp_path / "two.parquet").write_bytes(whole)
    for name, why in (("two.parquet", "a part of something else"), ("none.parquet", "it is gone")):
        with pytest.raises(OffkeyError, match=rf"The part .*{name} cannot be read \({why}|it is damaged"):
            store.read(name)
        assert store.find_column(name, "a") is None
    with pytest.raises(OffkeyError, match="it has other columns"):
        Store(str(tmp_path), {"a": pl.Int64}).read("one.parquet")
    for at in range(len(whole)):
        (tmp_path / "one.parquet").write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert store.find_column("one.parquet", "a") is None


def test_bound_parts_are_those_of_one_folder(tmp_path: Path) -> None:
    Store(str(tmp_path / "a"), bound=True).write("one.parquet", TABLE)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "one.parquet").write_bytes((tmp_path / "a" / "one.parquet").read_bytes())
    with pytest.raises(OffkeyError, match="a part of something else"):
        Store(str(tmp_path / "b"), bound=True).read("one.parquet")
    (tmp_path / "a").rename(tmp_path / "b" / "a")
    assert Store(str(tmp_path / "b" / "a"), bound=True).read("one.parquet").equals(TABLE)
