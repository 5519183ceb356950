"""The form of every file of offkey: a zip of JSON and arrays, readable without offkey, never a pickle.

``manifest.json`` holds the protocol number, the version that wrote it, the kind of file, and everything that
is not an array; an array stands in it as ``{"array": "arrays/0.npy", "dtype": "<f8"}``. The same content gives
the same bytes. A later protocol must keep reading every earlier one.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from offkey._version import __version__
from offkey.archive.members import MANIFEST, Members
from offkey.errors import ModelFileError, OffkeyError, ParameterError
from offkey.files import atomic_binary

__all__ = ["MODEL", "NETWORK", "PROTOCOL", "TYPES", "kind_of", "read_archive", "write_archive"]

PROTOCOL = 3
"""Number of the file's latest form; it rises when an older offkey could no longer read the file.

A file names the lowest that reads it: 3 where it keeps a network as ONNX, else 2.
"""
_WITHOUT_NETWORKS = 2

MODEL, NETWORK, TYPES = "model", "network", "types"
"""The kinds of file; one that names none is a model."""

_ABOUT = {
    MODEL: "a model of normal sound, as 'offkey fit' writes it and 'offkey score' takes it",
    NETWORK: "a trained embedding, as 'offkey embed' writes it and the front end 'discriminative' takes it",
    TYPES: "a classifier of machine types, as 'offkey identify fit' writes it and 'offkey identify score' takes it",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold

T = TypeVar("T")


def write_archive(path: Path, kind: str, content: Mapping[str, Any]) -> None:
    """Write a file, whole or not at all.

    `path`: the file; its folder must exist.
    """
    arrays: dict[bytes, tuple[str, bytes]] = {}
    protocol = PROTOCOL if _has_network(content) else _WITHOUT_NETWORKS
    head = {"protocol": protocol, "offkey_version": __version__, "kind": kind}
    manifest = {**head, **_without_arrays(content, arrays)}
    with atomic_binary(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(MANIFEST, _EPOCH), json.dumps(manifest, indent=1))
        for name, array in arrays.values():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), array, zipfile.ZIP_DEFLATED, compresslevel=1)


def read_archive(path: Path, kind: str, build: Callable[[dict[str, Any]], T], *, loose: Collection[str] = ()) -> T:
    """Read a file, and make of its content what it describes.

    `path`: a file that `write_archive` wrote, with this or an earlier version of offkey.
    `kind`: what it must be: `MODEL`, `NETWORK` or `TYPES`.
    `build`: content with its arrays to the thing; what it raises over wrong content is told as damage.
    `loose`: keys of the content below which arrays may hold numbers that are not finite.
    """
    try:
        with _opened(path) as members:
            content = _manifest(path, members)
            found = content.get("kind", MODEL)
            if found != kind:
                about = _ABOUT.get(str(found), f"of the kind {str(found)[:40]!r}, which this offkey does not know")
                raise ModelFileError(f"{path} is {about}; expected {_ABOUT[kind]}.")
            whole = {key: members.with_arrays(value, loose=key in loose) for key, value in content.items()}
        return build(whole)
    except OSError as error:
        raise ModelFileError(f"The model {path} cannot be read: {error.strerror or error}.") from error
    except zipfile.BadZipFile as error:
        raise ModelFileError(_not_a_zip(path)) from error
    except ParameterError as error:
        raise ModelFileError(f"The model {path} cannot be used here: {error}") from error
    except OffkeyError:
        raise
    except Exception as error:  # of zipfile, zlib, json, numpy, pydantic, or what builds, over content of another form
        raise ModelFileError(
            f"The model {path} is damaged ({_first_line(error)}): fit it again or copy it again."
        ) from error


def kind_of(path: Path) -> str:
    """Return the kind of a file, `MODEL` where it is not known: then reading it says what is wrong."""
    try:
        with _opened(path) as members:
            return str(_manifest(path, members).get("kind", MODEL))
    except Exception:  # whatever it is, reading says it
        return MODEL


@contextmanager
def _opened(path: Path) -> Iterator[Members]:
    """Open an archive, if it is a file: to open a pipe would wait for whoever writes to it."""
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        found = "folder" if stat.S_ISDIR(state.st_mode) else "pipe or device"
        raise ModelFileError(f"{path} is a {found}: expected a file written by 'offkey fit'.")
    with zipfile.ZipFile(path) as archive:
        if MANIFEST not in archive.namelist():
            raise ModelFileError(f"{path} is no offkey model: it is a zip file without {MANIFEST}.")
        yield Members(archive, state.st_size)


def _manifest(path: Path, members: Members) -> dict[str, Any]:
    content = members.manifest()
    protocol = content.get("protocol")
    if not isinstance(protocol, int) or "offkey_version" not in content:
        raise ModelFileError(f"{path} is no offkey model: its {MANIFEST} names no protocol of offkey.")
    if protocol > PROTOCOL:
        raise ModelFileError(
            f"The model {path} was written by offkey {str(content['offkey_version'])[:40]} with protocol {protocol}, "
            f"this is offkey {__version__}, which reads up to {PROTOCOL}: update offkey, or fit the model again."
        )
    return content


def _has_network(value: Any) -> bool:
    """Tell whether a network stands in the content as ONNX; see `offkey.learned.network.Network.state`."""
    if isinstance(value, Mapping):
        return isinstance(value.get("onnx"), np.ndarray) or any(map(_has_network, value.values()))
    return isinstance(value, list | tuple) and any(map(_has_network, value))


def _without_arrays(value: Any, arrays: dict[bytes, tuple[str, bytes]]) -> Any:
    """Replace each array by a reference and collect its bytes; equal arrays are stored once."""
    if isinstance(value, np.ndarray):
        content = _npy(value)
        name, _ = arrays.setdefault(content, (f"arrays/{len(arrays)}.npy", content))
        return {"array": name, "dtype": value.dtype.str}
    if isinstance(value, Mapping):
        return {key: _without_arrays(element, arrays) for key, element in value.items()}
    if isinstance(value, list | tuple):
        return [_without_arrays(element, arrays) for element in value]
    return value


def _npy(array: NDArray[Any]) -> bytes:
    """Return an array as an ``.npy`` file, in single precision where that loses nothing, as for most features."""
    if array.dtype == np.float64:
        with np.errstate(over="ignore"):
            single = array.astype(np.float32)
        array = single if np.array_equal(single, array) else array
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _not_a_zip(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    if not start:
        return f"The model {path} is empty: fit it again or copy it again."
    if start == b"PK":
        return f"The model {path} is truncated or damaged: fit it again or copy it again."
    return f"{path} is no offkey model: expected a file written by 'offkey fit', found something else."


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
