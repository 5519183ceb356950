"""A plant and its database, as the commands about them open both, and the options that they share."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offkey.errors import check_installed

if TYPE_CHECKING:
    from offkey.watch.life.decision import Decision
    from offkey.watch.settings import MachineSettings, PlantSettings
    from offkey.watch.store.store import Store

__all__ = ["By", "Comment", "Machine", "Opened", "decided", "opened"]

Machine = Annotated[str, typer.Argument(help="Name of the machine, as in the plant file.")]
Comment = Annotated[str, typer.Option("--comment", help="Reason, for later readers.")]
By = Annotated[str | None, typer.Option("--by", help="Name of the person who does this; by default your account.")]


@dataclass(frozen=True)
class Opened:
    """A plant whose database is open; `folder` is where relative paths start."""

    settings: PlantSettings
    folder: Path
    store: Store

    def machine(self, name: str) -> MachineSettings:
        """Return the settings of a machine; a UsageError names those that there are."""
        from offkey.watch.life.steps import machine_named

        return machine_named(self.settings, name)

    def time(self, seconds: float | None) -> str:
        """Return a time in seconds since 1970 UTC as the clocks of the plant show it; nothing for None."""
        from offkey.watch.local_time import local_text

        return "" if seconds is None else local_text(seconds, self.settings.plant.zone)


@contextmanager
def opened(plant: Path, *, read_only: bool = False) -> Iterator[Opened]:
    """Open a plant and its database, beside a monitor that runs or without one.

    `read_only`: whether nothing is written, and the database must be there.
    """
    check_installed("watch", "The database of a plant", "sqlalchemy", "alembic", "filelock")
    from offkey.watch.settings import read_settings
    from offkey.watch.store.store import open_store

    settings = read_settings(plant)
    store = open_store(settings.database, plant.parent, read_only=read_only, check=False)
    try:
        yield Opened(settings, plant.parent, store)
    finally:
        store.close()


def decided(by: str | None, comment: str) -> Decision:
    """Return a decision that is taken now."""
    from offkey.watch.life.decision import Decision

    try:
        name = by or getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        name = "unknown"
    return Decision(time.time(), name, comment)
