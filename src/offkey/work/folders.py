"""A folder here or in an object store: names, whole files in, whole files out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from offkey.errors import OffkeyError, UsageError, require
from offkey.files import atomic_binary

__all__ = ["Folder", "file_system", "is_remote", "open_folder", "remote_files"]

_DRIVERS = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
"""Packages that fsspec needs for each protocol; s3fs comes with the extra."""


class Folder(Protocol):
    """Files by name."""

    @property
    def name(self) -> str:
        """The name in messages."""
        ...

    def names(self) -> set[str]:
        """Return the names of its files."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes; None if there is no such file."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a file, to read parts of it; an OSError or the driver's own error says that it cannot be."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        ...


def is_remote(text: str) -> bool:
    """Tell whether a name is a URL, such as ``s3://bucket/folder``."""
    return "://" in text


def open_folder(text: str) -> Folder:
    """Return the folder of a path, or of a URL that fsspec knows; it is made if it does not exist."""
    return _RemoteFolder(text) if is_remote(text) else _LocalFolder(Path(text))


def file_system(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL, and the path inside it."""
    fsspec = require("fsspec", "remote", f"Reading {url}")
    protocol = url.partition("://")[0]
    try:
        system, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        driver = _DRIVERS.get(protocol, protocol)
        raise UsageError(f"{url} needs the package {driver}, which is not installed: pip install {driver}.") from error
    except ValueError as error:
        raise UsageError(f"{url} has the protocol {protocol!r}, which fsspec does not know: {error}.") from error
    return system, path


def remote_files(url: str) -> dict[str, str]:
    """Return the files that a URL stands for, itself or all below it, each with its size and the store's tag."""
    system, path = file_system(url)
    protocol = url.partition("://")[0]
    try:
        info = system.info(path)
        found = {path: info} if info["type"] == "file" else system.find(path, detail=True)
    except FileNotFoundError:
        found = {}
    except Exception as error:  # each driver has errors of its own
        raise UsageError(f"{url} cannot be listed: {_first_line(error)}.") from error
    return {f"{protocol}://{name.lstrip('/')}": f"{info.get('size')}-{_tag(info)}" for name, info in found.items()}


def _tag(info: Mapping[str, Any]) -> str:
    """Return the tag of a file's content, by whatever name a driver has for it."""
    return next((str(info[key]) for key in ("ETag", "etag", "mtime", "last_modified") if info.get(key)), "")


class _LocalFolder:
    def __init__(self, path: Path) -> None:
        self.path, self.name = path, str(path)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{path} cannot be made a folder: {error.strerror or error}.") from error

    def names(self) -> set[str]:
        return {entry.name for entry in self.path.iterdir() if not entry.name.startswith(".")}

    def read(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OffkeyError(f"{self.path / name} cannot be read: {error.strerror or error}.") from error

    def open(self, name: str) -> BinaryIO:
        return (self.path / name).open("rb")

    def write(self, name: str, content: bytes) -> None:
        with atomic_binary(self.path / name) as file:
            file.write(content)


class _RemoteFolder:
    """Object stores put a file whole or not at all, so that nothing needs to be renamed."""

    def __init__(self, url: str) -> None:
        self.name = url.rstrip("/")
        self._system, self._path = file_system(self.name)

    def names(self) -> set[str]:
        self._system.invalidate_cache()
        try:
            found = self._system.find(self._path)  # some drivers' ls takes "run2" for a part of "run"
        except FileNotFoundError:
            return set()
        except Exception as error:  # each driver has errors of its own
            raise OffkeyError(f"{self.name} cannot be listed: {_first_line(error)}.") from error
        names = (str(path).removeprefix(f"{self._path}/") for path in found)
        return {name for name in names if "/" not in name}

    def read(self, name: str) -> bytes | None:
        try:
            content: bytes = self._system.cat_file(f"{self._path}/{name}")
        except FileNotFoundError:
            return None
        except Exception as error:
            raise OffkeyError(f"{self.name}/{name} cannot be read: {_first_line(error)}.") from error
        return content

    def open(self, name: str) -> BinaryIO:
        return cast("BinaryIO", self._system.open(f"{self._path}/{name}", "rb"))

    def write(self, name: str, content: bytes) -> None:
        try:
            self._system.pipe_file(f"{self._path}/{name}", content)
        except Exception as error:
            raise OffkeyError(f"{self.name}/{name} cannot be written: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
