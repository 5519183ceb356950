"""The file of a plant as a program changes it: whole or not at all, checked, and taken up by the monitor at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any, TypeAlias

from offkey.errors import OffkeyError, UsageError
from offkey.files import atomic_text
from offkey.watch.edit.differences import differences
from offkey.watch.edit.toml_edit import edited
from offkey.watch.settings import PlantSettings, parse_settings, read_text
from offkey.watch.toml_lines import Place

__all__ = ["PlantEditor", "Proposal", "settings_text", "text_digest"]

_PATIENCE_S = 30.0  # until the monitor has taken up what was written

Reload: TypeAlias = Callable[[Callable[[OffkeyError | None], None]], None]


@dataclass(frozen=True)
class Proposal:
    """A change that is not made yet.

    `before`, `text`: the file as it is, and as it would be.
    `settings`: the plant as it would be.
    `sentences`: what would be other than it is in force now.
    """

    before: str
    text: str
    settings: PlantSettings
    sentences: list[str]


class PlantEditor:
    """Changes the file of a plant.

    Parameters
    ----------
    path : Path
        The file.
    in_force : callable
        Returns the settings that are in force.
    reload : callable
        Lets the monitor read the file, and calls what it is given with what is wrong with it, else with None.
    """

    def __init__(self, path: Path, in_force: Callable[[], PlantSettings], reload: Reload) -> None:
        self.path, self._in_force, self._reload = path, in_force, reload
        self._lock = Lock()

    def text(self) -> str:
        """Return the file; a UsageError where it cannot be read."""
        return read_text(self.path)

    def propose(self, edits: Mapping[Place, Any], digest: str | None = None) -> Proposal:
        """Return the file with other values, if it would be right.

        Parameters
        ----------
        edits : mapping
            As of `edited`.
        digest : str, optional
            `text_digest` of the file that the edits belong to; by default the file as it is now.

        Returns
        -------
        Proposal

        Raises
        ------
        UsageError
            If the file was changed meanwhile, or a value is not as it must be; with line and key.
        """
        before = self.text()
        if digest is not None and digest != text_digest(before):
            raise UsageError(f"{self.path} was changed meanwhile: open the page again, and change it there.")
        text = edited(before, edits)
        settings = parse_settings(self.path, text)
        return Proposal(before, text, settings, differences(self._in_force(), settings))

    def save(self, proposal: Proposal) -> None:
        """Write a proposal, and wait until the monitor has taken it up; the file stays as it was where it cannot.

        Raises
        ------
        OffkeyError
            If the file was changed meanwhile or cannot be written, or the monitor cannot take it up.
        """
        with self._lock:
            self._replace(proposal.before, proposal.text)
            answer = SimpleQueue[OffkeyError | None]()
            self._reload(answer.put)
            try:
                error = answer.get(timeout=_PATIENCE_S)
            except Empty:  # a monitor that loads models; it takes the file up when it comes round
                error = None
            if error is not None:
                self._replace(proposal.text, proposal.before)
                raise UsageError(f"Nothing is changed: {error}")

    def _replace(self, before: str, text: str) -> None:
        if self.text() != before:
            raise UsageError(f"{self.path} was changed meanwhile: open the page again, and change it there.")
        with atomic_text(self.path) as file:
            file.write(text)


def text_digest(text: str) -> str:
    """Return by what a file is known again."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def settings_text(settings: PlantSettings) -> str:
    """Return a file that describes the machines of a plant, as one that no person wrote."""
    machines = [machine.model_dump(exclude_defaults=True, exclude_none=True) for machine in settings.machine]
    return edited("", {("machine", number): machine for number, machine in enumerate(machines)})
