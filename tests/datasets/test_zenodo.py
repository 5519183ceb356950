from __future__ import annotations

import hashlib
import sys
from typing import Any

import pytest

from offkey.datasets.zenodo import record_files
from offkey.errors import DataError, MissingExtraError, OffkeyError


def test_files_of_a_record(zenodo: Any) -> None:
    content = zenodo.add("17", "a.zip", {"x": b"1"})
    (file,) = record_files("17", server=f"{zenodo.url}/").values()
    assert (file.name, file.size, file.md5) == (
        "a.zip",
        len(content),
        hashlib.md5(content, usedforsecurity=False).hexdigest(),
    )
    assert file.url == f"{zenodo.url}/api/records/17/files/a.zip/content"


def test_missing_record_is_said(zenodo: Any) -> None:
    with pytest.raises(DataError, match=r"Zenodo has no record 18 any more: .* answers 404"):
        record_files("18", server=zenodo.url)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"<html>", "expected JSON"),
        (b"[]", "expected files with key"),
        (b'{"files": [{"key": "a"}]}', "expected files with key"),
        (b'{"files": [{"key": "a", "size": 1, "checksum": "sha1:00"}]}', "expected files with key"),
    ],
)
def test_strange_answer_is_refused(zenodo: Any, answer: bytes, message: str) -> None:
    zenodo.records["17"] = {}
    zenodo.raw_answer = answer
    with pytest.raises(DataError, match=f"does not answer as Zenodo does: {message}"):
        record_files("17", server=zenodo.url)


def test_server_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(OffkeyError, match=r"http://127.0.0.1:9/api/records/17 cannot be reached: .*; check the conn"):
        record_files("17", server="http://127.0.0.1:9")


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(MissingExtraError, match=r"offkey\[download\]"):
        record_files("17")
