"""Arrays out of an ``.npz`` file that nobody vouches for."""

from __future__ import annotations

import io
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import FolderError

__all__ = ["read_arrays"]

_DTYPE = re.compile(r"[<|=]?([fiu][1248]|b1)|<U\d{1,4}")
_MOST_BYTES, _MOST_ARRAYS, _MOST_AXES = 1 << 30, 4096, 16
_LONGEST_HEADER = 10_000


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of an ``.npz`` file into memory.

    Parameters
    ----------
    path : path
        A zip of ``.npy`` files, as `numpy.savez` writes it.

    Returns
    -------
    dict of str to ndarray

    Raises
    ------
    FolderError
        If it is no such file, damaged, or would take more than 1 GiB; objects are never unpickled.
    """
    if path.exists() and not path.is_file():  # opening a pipe would wait for a writer that may never come
        raise FolderError(f"{path} is no regular file: export the model again.")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > _MOST_ARRAYS or sum(info.file_size for info in infos) > _MOST_BYTES:
                raise ValueError("unpacked it would be larger than any file of its kind")
            return {info.filename.removesuffix(".npy"): _array(archive, info) for info in infos}
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError, SyntaxError) as error:
        raise FolderError(f"{path} is no file of arrays, or damaged ({error}): export the model again.") from error
    except Exception as error:  # zlib and lzma have errors of their own
        raise FolderError(f"{path} is damaged ({error}): export the model again.") from error


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> NDArray[Any]:
    """Return what an ``.npy`` file holds, if it is exactly what its header says."""
    with archive.open(info) as file:
        content = file.read(info.file_size)
    start = io.BytesIO(content[: _LONGEST_HEADER + 12])
    if np.lib.format.read_magic(start) != (1, 0):
        raise ValueError(f"its array {info.filename[:60]!r} is of an unknown form")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(start, max_header_size=_LONGEST_HEADER)
    is_plain = _DTYPE.fullmatch(dtype.str) and len(shape) <= _MOST_AXES and all(length >= 0 for length in shape)
    if not is_plain or math.prod(shape) * dtype.itemsize != len(content) - start.tell():
        raise ValueError(f"its array {info.filename[:60]!r} is not as long as its header says, or of no plain numbers")
    flat = np.frombuffer(content, dtype, offset=start.tell())
    return flat.reshape(shape, order="F" if fortran else "C")
