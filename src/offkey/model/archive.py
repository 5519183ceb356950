"""What every file of offkey is: a zip of JSON and arrays, readable without offkey, never a pickle.

``manifest.json`` holds the protocol number, the version that wrote it, the kind of file, and everything that
is not an array; an array stands in it as ``{"array": "arrays/0.npy", "dtype": "<f8"}``. The same content gives
the same bytes. A later protocol must keep reading every earlier one.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from offkey._version import __version__
from offkey.errors import ModelFileError, ParameterError
from offkey.files import atomic_binary

__all__ = ["MODEL", "NETWORK", "PROTOCOL", "TYPES", "kind_of", "read_archive", "write_archive"]

PROTOCOL = 1
"""Number of the file's form; it rises when an older offkey could no longer read the file."""

MODEL, NETWORK, TYPES = "model", "network", "types"
"""The kinds of file; one that names none is a model."""

_ABOUT = {
    MODEL: "a model of normal sound, as 'offkey fit' writes it and 'offkey score' takes it",
    NETWORK: "a trained embedding, as 'offkey embed' writes it and the front end 'discriminative' takes it",
    TYPES: "a classifier of machine types, as 'offkey identify fit' writes it and 'offkey identify score' takes it",
}
_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold

T = TypeVar("T")


def write_archive(path: Path, kind: str, content: Mapping[str, Any]) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path : Path
        The file; its folder must exist.
    kind : str
        `MODEL`, `NETWORK` or `TYPES`.
    content : mapping
        Nested JSON values and numpy arrays.

    Raises
    ------
    OffkeyError
        If it cannot be written.
    """
    arrays: dict[bytes, tuple[str, bytes]] = {}
    head = {"protocol": PROTOCOL, "offkey_version": __version__, "kind": kind}
    manifest = {**head, **_without_arrays(content, arrays)}
    with atomic_binary(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_MANIFEST, _EPOCH), json.dumps(manifest, indent=1))
        for name, array in arrays.values():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), array, zipfile.ZIP_DEFLATED, compresslevel=1)


def read_archive(path: Path, kind: str, build: Callable[[dict[str, Any]], T]) -> T:
    """Read a file, and make of its content what it describes.

    Parameters
    ----------
    path : Path
        A file that `write_archive` wrote, with this or an earlier version of offkey.
    kind : str
        What it must be: `MODEL`, `NETWORK` or `TYPES`.
    build : callable
        Content with its arrays to the thing; what it raises over wrong content is told as damage.

    Returns
    -------
    object
        What `build` returns.

    Raises
    ------
    ModelFileError
        If the file does not exist, is none of offkey, of another kind, damaged, or of a later offkey.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = _manifest(path, archive)
            found = content.get("kind", MODEL)
            if found != kind:
                about = _ABOUT.get(found, f"of the kind {found!r}, which this offkey does not know")
                raise ModelFileError(f"{path} is {about}; expected {_ABOUT[kind]}.")
            return build(_with_arrays(content, archive))
    except OSError as error:
        raise ModelFileError(f"The model {path} cannot be read: {error.strerror or error}.") from error
    except zipfile.BadZipFile as error:
        raise ModelFileError(_not_a_zip(path)) from error
    except ModelFileError:
        raise
    except ParameterError as error:
        raise ModelFileError(f"The model {path} cannot be used here: {error}") from error
    except (ValueError, KeyError, TypeError, EOFError) as error:  # of json, numpy, or a manifest of another form
        raise ModelFileError(
            f"The model {path} is damaged ({_first_line(error)}): fit it again or copy it again."
        ) from error


def kind_of(path: Path) -> str:
    """Return the kind of a file, `MODEL` where it cannot be told: then reading it says what is wrong."""
    try:
        with zipfile.ZipFile(path) as archive:
            return str(_manifest(path, archive).get("kind", MODEL))
    except (OSError, zipfile.BadZipFile, ModelFileError, ValueError, KeyError):
        return MODEL


def _manifest(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    if _MANIFEST not in archive.namelist():
        raise ModelFileError(f"{path} is no offkey model: it is a zip file without {_MANIFEST}.")
    content = json.loads(archive.read(_MANIFEST))
    protocol = content.get("protocol") if isinstance(content, dict) else None
    if not isinstance(protocol, int) or "offkey_version" not in content:
        raise ModelFileError(f"{path} is no offkey model: its {_MANIFEST} names no protocol of offkey.")
    if protocol > PROTOCOL:
        raise ModelFileError(
            f"The model {path} was written by offkey {content['offkey_version']} with protocol {protocol}, this is "
            f"offkey {__version__}, which reads up to {PROTOCOL}: update offkey, or fit the model again."
        )
    return dict(content)


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


def _with_arrays(value: Any, archive: zipfile.ZipFile) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"array", "dtype"}:
            array = np.load(io.BytesIO(archive.read(value["array"])), allow_pickle=False)
            return array.astype(np.dtype(value["dtype"]), copy=False)
        return {key: _with_arrays(element, archive) for key, element in value.items()}
    return [_with_arrays(element, archive) for element in value] if isinstance(value, list) else value


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
    return str(error).splitlines()[0] if str(error) else type(error).__name__
