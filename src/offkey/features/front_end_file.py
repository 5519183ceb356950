"""The file of a front end that has learnt something, so that many models can share it."""

from __future__ import annotations

from pathlib import Path

from offkey import features
from offkey.archive import NETWORK, read_archive, write_archive
from offkey.features import FrontEnd

__all__ = ["load_front_end", "save_front_end"]


def save_front_end(front_end: FrontEnd, path: Path) -> None:
    """Write a front end with what it has learnt to a file, whole or not at all.

    `path`: the file, by convention ending in ``.offkeynet``; its folder must exist.
    """
    write_archive(path, NETWORK, {"front_end": front_end.state()})


def load_front_end(path: Path) -> FrontEnd:
    """Read a front end from a file that `save_front_end` wrote, with this or an earlier version of offkey."""
    return read_archive(path, NETWORK, lambda content: features.restore(content["front_end"]))
