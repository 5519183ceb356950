"""One writer at a time for a file beside the data set, whichever program or window it sits in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock

from offkey.web.failures import PageError

__all__ = ["locked"]

_WAIT_S = 0.01


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, a hidden empty file beside it, which stays; a PageError says that it cannot be."""
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(path.with_name(f".{path.name}.lock"), poll_interval=_WAIT_S))
        except OSError as error:
            raise PageError(
                403, f"{path} cannot be written, and nothing was saved: {error.strerror or error}."
            ) from error
        yield
