"""A child process that writes sound to a pipe: its complaints are kept, and it is ended with all that it started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self

from offkey.watch.acquisition.source import SourceLostError

__all__ = ["Child"]

_KEPT = 64 * 1024  # bytes of standard error
_PATIENCE_S = 2.0  # between asking a child to end and killing it


def _dying_with_us(program: str) -> list[str]:
    """Return what has a child killed when the thread that started it dies, as by SIGKILL; on Linux alone."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv and shutil.which(program) else []


class Child:
    """A process in a group of its own, in a ``with`` block, behind which none of the group is left.

    `command`: the program and its arguments.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._said = bytearray()

    def __enter__(self) -> Self:
        try:
            process = subprocess.Popen(  # noqa: S603 - the command of the plant's owner, and no shell
                [*_dying_with_us(self._command[0]), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SourceLostError(f"{self._command[0]} cannot be started: {error.strerror or error}.") from error
        if process.stdout is None or process.stderr is None:
            raise AssertionError("both were asked for")
        self._process, self._sound, self._errors = process, process.stdout, process.stderr
        self._draining = Thread(target=self._drain, name="standard error of a child", daemon=True)
        self._draining.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE_S)
        self._signal(signal.SIGKILL)  # also those of the group that outlived their parent
        self._process.wait()
        self._draining.join(_PATIENCE_S)
        for pipe in (self._sound, self._errors):
            pipe.close()

    @property
    def descriptor(self) -> int:
        """The pipe that it writes to."""
        return self._sound.fileno()

    def status(self) -> int | None:
        """Wait until it has ended; return its exit status, None if it goes on."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE_S)
        return self._process.poll()

    def last_line(self) -> str:
        """Return the last line that it wrote to standard error before it ended."""
        self._draining.join(_PATIENCE_S)
        lines = self._said.decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def complaint(self) -> str:
        """Wait until it has ended; return its exit status, and the last line that it wrote to standard error."""
        return f"status {self.status()}, {self.last_line()}"

    def _drain(self) -> None:
        """Keep the newest bytes of standard error, so that the child never waits for a reader."""
        with suppress(OSError, ValueError):  # the pipe is closed, since a grandchild went on to hold it
            while piece := os.read(self._errors.fileno(), 1 << 16):
                self._said += piece
                del self._said[:-_KEPT]

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)
