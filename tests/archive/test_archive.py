from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.archive import MODEL, TYPES, kind_of, read_archive, write_archive
from offkey.errors import ModelFileError


def test_content_comes_back_with_its_arrays_and_types(tmp_path: Path) -> None:
    content = {"a": {"b": [np.arange(3), np.eye(2, dtype=np.float32)]}, "c": "text", "d": np.array([0.1, 2.0])}
    path = tmp_path / "f.offkey"
    write_archive(path, TYPES, content)
    found = read_archive(path, TYPES, lambda read: read)
    assert found["c"] == "text"
    for one, other in zip((*found["a"]["b"], found["d"]), (*content["a"]["b"], content["d"]), strict=True):  # type: ignore[index]
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "f.offkey"
    write_archive(path, TYPES, {})
    assert kind_of(path) == TYPES
    with pytest.raises(ModelFileError, match=r"is a classifier of machine types, .*; expected a model of normal sound"):
        read_archive(path, MODEL, dict)
    write_archive(path, "song", {})
    with pytest.raises(ModelFileError, match="of the kind 'song', which this offkey does not know"):
        read_archive(path, MODEL, dict)
    assert kind_of(tmp_path / "none.offkey") == MODEL


def test_a_file_names_the_lowest_protocol_that_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "f.offkey"
    network = {"onnx": np.zeros(3, np.uint8)}
    for content, expected in (({"a": [1], "onnx": "text"}, 2), ({"a": [{"b": network}]}, 3)):
        write_archive(path, MODEL, content)
        assert read_archive(path, MODEL, lambda read: read["protocol"]) == expected
