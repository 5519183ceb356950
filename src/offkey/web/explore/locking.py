"""One writer at a time for a file beside the data set, whichever program or window it sits in."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from offkey.web.failures import PageError

__all__ = ["locked"]

_HERE = threading.Lock()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that belongs to a file while the block runs.

    The lock is a hidden empty file in the same folder, which stays: removing it could give two programs
    a lock each.

    Parameters
    ----------
    path : Path
        The file that is going to be written.

    Raises
    ------
    PageError
        403 if the folder cannot be written to.
    """
    with _HERE:
        try:
            descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o666)
        except OSError as error:
            raise PageError(
                403, f"{path} cannot be written, and nothing was saved: {error.strerror or error}."
            ) from error
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)  # which unlocks as well


def _lock(descriptor: int) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
    else:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined, unused-ignore]
