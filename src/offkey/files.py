"""Writing files so that nothing half-written is ever seen, whenever the program is stopped."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, TextIO, cast

from offkey.errors import OffkeyError

__all__ = ["atomic_binary", "atomic_folder", "atomic_text", "make_folder", "write_bytes"]


@contextmanager
def atomic_binary(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for writing bytes; it appears, whole, when the block ends without an error.

    The bytes go to a file without a name where the system has such (Linux), which vanishes with the
    program, else to a hidden one beside `path`. A device or pipe is written to itself. Where `path` is a
    link, the file that it leads to is written; who may read an existing file is not changed.

    `path`: the file to write; its folder must exist.
    """
    with _opened(path, "w+b") as file:
        yield cast("BinaryIO", file)


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """Open `path` for writing UTF-8 text without translating line ends; as `atomic_binary`."""
    with _opened(path, "w+") as file:
        yield cast("TextIO", file)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file; as `atomic_binary`."""
    with atomic_binary(path) as file:
        file.write(content)


def make_folder(folder: Path, *, parents: bool = True) -> None:
    """Make a folder to write to, unless it is there."""
    try:
        folder.mkdir(parents=parents, exist_ok=True)
    except OSError as error:
        raise OffkeyError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give a new folder to fill; it takes the place of `path`, whole, when the block ends without an error.

    `path`: the folder to write; the one that it lies in must exist. One that is there is replaced with all in it.
    """
    target = Path(os.path.realpath(path))
    hidden, before = _hidden_name(target), _hidden_name(target)
    try:
        hidden.mkdir()
        yield hidden
        if target.exists():
            target.rename(before)
        hidden.rename(target)
    except OSError as error:
        if before.exists() and not target.exists():
            before.rename(target)
        raise OffkeyError(f"The folder {path} cannot be written: {error.strerror or error}.") from error
    finally:
        for left in (hidden, before):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[IO[bytes] | IO[str]]:
    encoding, newline = (None, None) if "b" in mode else ("utf-8", "")
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open(mode.replace("+", ""), encoding=encoding, newline=newline) as file:
                if "b" not in mode:
                    yield file
                    return
                with TemporaryFile() as whole:  # whoever writes bytes goes back in them, which no device does
                    yield whole
                    whole.seek(0)
                    shutil.copyfileobj(whole, cast("BinaryIO", file))
            return
        target = Path(os.path.realpath(path))
        descriptor, beside = _create(target)
        try:
            with os.fdopen(descriptor, mode, encoding=encoding, newline=newline) as file:
                _keep_mode(descriptor, target)
                yield file
                file.flush()
                os.fsync(descriptor)
                if beside is None:
                    beside = _hidden_name(target)
                    os.link(
                        f"/proc/self/fd/{descriptor}", beside, src_dir_fd=descriptor
                    )  # a descriptor: follow the link
            beside.replace(target)
        except BaseException:
            if beside is not None:
                beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OffkeyError(f"{path} cannot be written: {error.strerror or error}.") from error


def _create(path: Path) -> tuple[int, Path | None]:
    """Return the descriptor of a new file in the folder of `path`, and its name if it has one."""
    if hasattr(os, "O_TMPFILE") and Path("/proc/self/fd").is_dir():
        with suppress(OSError):  # not every file system has them
            return os.open(path.parent, os.O_TMPFILE | os.O_RDWR, 0o666), None
    hidden = _hidden_name(path)
    return os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666), hidden


def _keep_mode(descriptor: int, path: Path) -> None:
    """Give a new file the owner and permissions of the one that it replaces."""
    if os.name == "posix" and path.exists():
        old, new = path.stat(), os.fstat(descriptor)
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            with suppress(OSError):  # only root may give files away
                os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, old.st_mode & 0o777)


def _hidden_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
