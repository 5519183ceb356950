"""Unpacking an archive: nothing beside its folder, nothing half-written."""

from __future__ import annotations

import errno
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from offkey.errors import DataError, OffkeyError

__all__ = ["unpack"]

_BLOCK = 2**20


def unpack(archive: Path, folder: Path, *, advance: Callable[[int], None] = lambda n: None) -> list[str]:
    """Unpack a zip archive.

    `folder`: where to; files that are there already with the right size and checksum are kept.
    `advance`: called with the packed size of each member in bytes.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            names = [_safe_name(member, archive) for member in members]
            for member, name in zip(members, names, strict=True):
                _unpack_one(packed, member, folder / name)
                advance(member.compress_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{archive} is damaged or no zip archive: {error}.") from error
    return names


def _safe_name(member: zipfile.ZipInfo, archive: Path) -> str:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or (path.parts and ":" in path.parts[0])
    if outside or stat.S_ISLNK(member.external_attr >> 16):
        what = "would be unpacked outside its folder" if outside else "is a symbolic link"
        raise DataError(f"{archive} holds {member.filename!r}, which {what}; nothing was unpacked.")
    return str(path)


def _crc(path: Path) -> int | None:
    """Return the CRC-32 of a file, None if it cannot be read."""
    found = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                found = zlib.crc32(block, found)
    except OSError:
        return None
    return found


def _unpack_one(packed: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    if path.is_file() and path.stat().st_size == member.file_size and _crc(path) == member.CRC:
        return
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with packed.open(member) as content, beside.open("wb") as file:
                shutil.copyfileobj(content, file)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        room = (
            " make room and run the same again to go on" if error.errno == errno.ENOSPC else " nothing is half-written"
        )
        raise OffkeyError(f"{path} cannot be unpacked: {error.strerror or error};{room}.") from error
