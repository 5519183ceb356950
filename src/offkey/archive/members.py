"""The entries of an archive, checked before they take memory: their sizes, and the headers of arrays.

Whoever made the file is not trusted. What is unpacked may be larger than the file by a factor and a margin that no
model comes near, so that a small file cannot ask for a large memory.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MANIFEST", "Members"]

MANIFEST = "manifest.json"
"""Name of the entry with all that is no array."""

_ARRAY = re.compile(r"arrays/\d{1,9}\.npy")
_DTYPE = re.compile(r"[<>|=]?[fiub][1248]")
_MARGIN, _FACTOR = 64 * 2**20, 16
_LONGEST_MANIFEST = 16 * 2**20  # bytes
_MOST_VALUES = 2**20  # in the manifest, each of which takes some hundred bytes when it is read
_LONGEST_HEADER = 10_000  # bytes of an array's header


class Members:
    """The entries of an archive, each read once.

    `size`: size of its file in bytes.
    """

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        self._left = _MARGIN + _FACTOR * size
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._arrays: dict[tuple[str, str], NDArray[Any]] = {}
        for info in archive.infolist():
            name = info.filename
            if name in self._infos or (name != MANIFEST and not _ARRAY.fullmatch(name)):
                raise ValueError(f"it holds {name[:60]!r}, which has no place in it")
            if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"its {name} is encrypted, or packed in a way that no file of offkey is")
            self._infos[name] = info
            self._take(info.file_size)

    def manifest(self) -> dict[str, Any]:
        """Return the manifest, its arrays still references."""
        if self._infos[MANIFEST].file_size > _LONGEST_MANIFEST:
            raise ValueError(f"its {MANIFEST} is too large")
        content = self._read(MANIFEST)
        if sum(content.count(mark) for mark in b",[{:") > _MOST_VALUES:
            raise ValueError(f"its {MANIFEST} holds too many values")
        found = json.loads(content, parse_constant=_refused, parse_float=_finite)
        if not isinstance(found, dict):
            raise ValueError(f"its {MANIFEST} is no JSON object")
        return found

    def with_arrays(self, value: Any, *, loose: bool = False) -> Any:
        """Return nested JSON with arrays in the place of references to them."""
        if isinstance(value, Mapping):
            if set(value) == {"array", "dtype"}:
                array = self._array(str(value["array"]), str(value["dtype"]))
                if array.dtype.kind == "f" and array.size and not loose:
                    _finite(array.min()), _finite(array.max())  # of NaN both are NaN
                return array
            return {key: self.with_arrays(element, loose=loose) for key, element in value.items()}
        return [self.with_arrays(element, loose=loose) for element in value] if isinstance(value, list) else value

    def _array(self, name: str, dtype: str) -> NDArray[Any]:
        """Return an array, the same one wherever it is named."""
        if (name, dtype) in self._arrays:
            return self._arrays[name, dtype]
        if not _ARRAY.fullmatch(name) or name not in self._infos:
            raise ValueError(f"it has no array {name[:60]!r}")
        if not _DTYPE.fullmatch(dtype):
            raise ValueError(f"its array {name} would be of the type {dtype[:20]!r}, which is none of numbers")
        array, wanted = self._npy(name), np.dtype(dtype)
        if array.dtype != wanted:
            self._take(array.size * wanted.itemsize)
            with np.errstate(all="ignore"):
                array = array.astype(wanted)
        self._arrays[name, dtype] = array
        return array

    def _npy(self, name: str) -> NDArray[Any]:
        """Return what an ``.npy`` file holds, if it is exactly what its header says."""
        content = self._read(name)
        start = io.BytesIO(content[: _LONGEST_HEADER + 12])
        if np.lib.format.read_magic(start) != (1, 0):
            raise ValueError(f"its array {name} is of a form that no file of offkey has")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(start, max_header_size=_LONGEST_HEADER)
        if not _DTYPE.fullmatch(dtype.str) or any(length < 0 for length in shape) or len(shape) > 8:
            raise ValueError(f"its array {name} is of the type {dtype.str[:20]!r} and {len(shape)} axes")
        if math.prod(shape) * dtype.itemsize != len(content) - start.tell():
            raise ValueError(f"its array {name} is not as long as its shape says")
        flat = np.frombuffer(bytearray(memoryview(content)[start.tell() :]), dtype)
        return flat.reshape(shape, order="F" if fortran else "C")

    def _read(self, name: str) -> bytes:
        """Return an entry's bytes: never more than was declared, and whole by their checksum."""
        info = self._infos[name]
        with self._archive.open(info) as file:
            content = file.read(info.file_size)
        if len(content) != info.file_size:
            raise ValueError(f"its {name} is truncated")
        return content

    def _take(self, n_bytes: int) -> None:
        """Count bytes that are to be read into memory."""
        self._left -= n_bytes
        if self._left < 0:
            raise ValueError("unpacked it would be many times as large as any model of its size")


def _refused(constant: str) -> float:
    raise ValueError(f"it holds a number that is {constant}")


def _finite(number: Any) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"it holds a number that is not finite, {value}")
    return value
