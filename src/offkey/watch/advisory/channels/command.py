"""Commands: a program of the plant's owner gets each alert as JSON on standard input."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from tempfile import TemporaryFile
from typing import ClassVar

from offkey.watch.advisory.channels.base import Channel, LaterError, RefusedError, Retries, Site, as_json
from offkey.watch.advisory.notice import Alert
from offkey.watch.advisory.settings import CommandSettings

__all__ = ["CommandChannel"]

_KEPT = 4096  # bytes of standard error that are read


class CommandChannel(Channel):
    """Starts a program for each alert, in a group of its own, of which nothing is left when its time is over.

    Parameters
    ----------
    settings : CommandSettings
        Program, arguments and time limit.
    site : Site
        The plant, in whose folder the program starts.
    """

    retries: ClassVar[Retries] = Retries(pauses_s=(5, 30, 120, 600), days=1.0)

    def __init__(self, settings: CommandSettings, site: Site) -> None:
        self._settings, self._folder = settings, site.folder

    def send(self, alert: Alert) -> str:
        """Start the program, and wait for its end."""
        command, limit = self._settings.command, self._settings.timeout_s
        with TemporaryFile() as errors:
            try:
                process = subprocess.Popen(  # noqa: S603 - the command of the plant's owner, and no shell
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    cwd=self._folder,
                    start_new_session=True,
                )
            except OSError as error:
                raise LaterError(f"{command[0]} cannot be started: {error.strerror or error}.") from error
            try:
                process.communicate(as_json(alert), timeout=limit)
            except subprocess.TimeoutExpired:
                raise LaterError(f"{command[0]} took longer than {limit:g} s, and was killed.") from None
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)  # also what it left running
                process.wait()
            if process.returncode:
                errors.seek(-min(_KEPT, errors.tell()), os.SEEK_CUR)
                lines = errors.read().decode("utf-8", "replace").split("\n")
                last = next((line.strip() for line in reversed(lines) if line.strip()), "it wrote no error")
                raise LaterError(f"{command[0]} ended with status {process.returncode}: {last}.")
        return f"{command[0]} ended in order"

    def check(self) -> str:
        """Look whether the program is there."""
        program = self._settings.command[0]
        if shutil.which(program) is None and shutil.which(self._folder / program) is None:
            raise RefusedError(f"There is no program {program}.")
        return f"{program} is there"
