"""Archives that somebody made with intent: each is refused in a sentence, before it takes memory."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from offkey.archive import MODEL, kind_of, read_archive
from offkey.errors import ModelFileError

HEAD = {"protocol": 1, "offkey_version": "1.0", "kind": "model"}


def _npy(array: np.ndarray | None = None, *, header: str = "") -> bytes:
    file = io.BytesIO()
    if array is not None:
        np.save(file, array)
        return file.getvalue()
    text = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def _archive(path: Path, members: dict[str, bytes], **content: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if "manifest.json" not in members:
            archive.writestr("manifest.json", json.dumps({**HEAD, **content}))
        for name, member in members.items():
            archive.writestr(name, member)
    return path


def _reference(name: str = "arrays/0.npy", dtype: str = "<f8") -> dict[str, str]:
    return {"array": name, "dtype": dtype}


def _manifest(text: str) -> dict[str, bytes]:
    return {"manifest.json": ('{"protocol": 1, "offkey_version": "1.0", "x": ' + text + "}").encode()}


ONE = _npy(np.ones(3))
HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"
HOSTILE: dict[str, tuple[dict[str, bytes], dict[str, Any], str]] = {
    "entry elsewhere": ({"../../etc/x": b"x"}, {}, "has no place in it"),
    "deep manifest": (_manifest("[" * 100_000), {}, "damaged"),
    "huge manifest": (_manifest('"' + "a" * (17 << 20) + '"'), {}, "too large"),
    "many values": (_manifest("[" + "[],[]," * 500_000 + "0]"), {}, "too many values"),
    "long number": (_manifest("1" * 5000), {}, "damaged"),
    "NaN": (_manifest("NaN"), {}, "a number that is NaN"),
    "infinity by exponent": (_manifest("1e999"), {}, "not finite"),
    "manifest is a list": ({"manifest.json": b"[1, 2]"}, {}, "no JSON object"),
    "not UTF-8": ({"manifest.json": b"{\xff}"}, {}, "damaged"),
    "no such array": ({}, {"x": _reference()}, "has no array"),
    "array elsewhere": ({}, {"x": _reference("/etc/passwd")}, "has no array"),
    "array bomb": ({"arrays/0.npy": _npy(np.zeros(40_000_000))}, {"x": _reference()}, "many times as large"),
    "wide dtype": ({"arrays/0.npy": ONE}, {"x": _reference(dtype="V2000000000")}, "none of numbers"),
    "object dtype": ({"arrays/0.npy": ONE}, {"x": _reference(dtype="O")}, "none of numbers"),
    "header larger than file": ({"arrays/0.npy": _npy(header=HUGE)}, {"x": _reference()}, "not as long as its shape"),
    "negative shape": (
        {"arrays/0.npy": _npy(header=HUGE.replace("99999999999", "-1"))},
        {"x": _reference()},
        "damaged",
    ),
    "pickle": ({"arrays/0.npy": _npy(header=HUGE.replace("<f8", "|O"))}, {"x": _reference()}, "damaged"),
    "code as header": ({"arrays/0.npy": _npy(header="__import__('os').abort()")}, {"x": _reference()}, "damaged"),
    "NaN in an array": ({"arrays/0.npy": _npy(np.array([1, np.nan]))}, {"x": _reference()}, "not finite"),
    "grown by its type": ({"arrays/0.npy": _npy(np.zeros(30_000_000, "i1"))}, {"x": _reference()}, "many times"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_refused_in_a_sentence_and_in_little_memory(tmp_path: Path, name: str) -> None:
    members, content, words = HOSTILE[name]
    path = _archive(tmp_path / "m.offkey", members, **content)
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match=words) as caught:
            read_archive(path, MODEL, dict)
        assert tracemalloc.get_traced_memory()[1] < 150e6
    finally:
        tracemalloc.stop()
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert kind_of(path) == MODEL


def test_an_array_that_is_named_often_is_read_once(tmp_path: Path) -> None:
    array = np.random.default_rng(0).standard_normal(1_000_000)
    path = _archive(tmp_path / "m.offkey", {"arrays/0.npy": _npy(array)}, x=[_reference()] * 300)
    tracemalloc.start()
    try:
        found = read_archive(path, MODEL, dict)["x"]
        assert tracemalloc.get_traced_memory()[1] < 40e6
    finally:
        tracemalloc.stop()
    assert all(one is found[0] for one in found)
    np.testing.assert_array_equal(found[0], array)


def test_numbers_that_are_not_finite_may_stand_where_that_is_said(tmp_path: Path) -> None:
    path = _archive(tmp_path / "m.offkey", {"arrays/0.npy": _npy(np.array([1, np.nan]))}, x=_reference())
    np.testing.assert_array_equal(read_archive(path, MODEL, dict, loose=["x"])["x"], [1, np.nan])


def _twice(content: bytes) -> bytes:
    return content.replace(b"arrays/1.npy", b"arrays/0.npy")


def _encrypted(content: bytes) -> bytes:
    at = content.index(b"PK\x01\x02")
    return content[: at + 8] + b"\x01\x00" + content[at + 10 :]


def _method(content: bytes) -> bytes:
    at = content.index(b"PK\x01\x02")
    return content[: at + 10] + b"\x0c\x00" + content[at + 12 :]


@pytest.mark.parametrize(
    ("change", "words"),
    [(_twice, "has no place in it"), (_encrypted, "encrypted, or packed"), (_method, "encrypted, or packed")],
)
def test_a_zip_that_no_offkey_writes_is_refused(tmp_path: Path, change: Callable[[bytes], bytes], words: str) -> None:
    path = _archive(tmp_path / "m.offkey", {"arrays/0.npy": ONE, "arrays/1.npy": ONE})
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ModelFileError, match=words):
        read_archive(path, MODEL, dict)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.offkey")
    with pytest.raises(ModelFileError, match="is a pipe or device"):
        read_archive(tmp_path / "pipe.offkey", MODEL, dict)
    with pytest.raises(ModelFileError, match="is a folder"):
        read_archive(tmp_path, MODEL, dict)
