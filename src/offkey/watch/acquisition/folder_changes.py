"""Whether a folder has changed, as the system reports it at once; drives of a network mostly report nothing."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from offkey.errors import require

__all__ = ["FolderChanges"]

_ATTENTION_MS = 200  # after which it is looked whether to stop
_TOGETHER_MS = 200  # in which changes count as one


class FolderChanges:
    """Follows a folder and all within it, by a thread, in a ``with`` block.

    `path`: the folder.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._changed, self._stopping = path, Event(), Event()
        self._watch = require("watchfiles", "watch", "A folder as a source").watch
        self._thread = Thread(target=self._run, name="changes of a folder", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def take(self) -> bool:
        """Tell whether anything has changed since this was asked last.

        That the system begins to report counts as a change, since what came just before is in no report.
        """
        if not self._changed.is_set():
            return False
        self._changed.clear()
        return True

    def _run(self) -> None:
        has_begun = False
        try:
            for changes in self._watch(
                self._path,
                stop_event=self._stopping,
                rust_timeout=_ATTENTION_MS,
                step=50,
                debounce=_TOGETHER_MS,
                yield_on_timeout=True,
            ):
                if changes or not has_begun:
                    self._changed.set()
                has_begun = True
        except OSError:  # gone, or more folders than the system follows: the rescans are left
            return
