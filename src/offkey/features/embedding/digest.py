"""Digests of large files, computed once as long as the file stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from offkey.errors import DataError

__all__ = ["digest_of"]


def digest_of(paths: Sequence[Path]) -> str:
    """Return the SHA-256 of a file, or of the digests of several in their order, in hexadecimal.

    `paths`: the files; each is read again only where its size or time of change differs.
    """
    digests = []
    for path in paths:
        try:
            state = path.stat()
            digests.append(_digest(path, state.st_size, state.st_mtime_ns))
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


@lru_cache(maxsize=64)
def _digest(path: Path, _size: int, _changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
