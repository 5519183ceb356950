"""Sources of sound: a file, an array in memory, an object store, or whatever else can be read."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from offkey.audio import FileRecording, Recording
from offkey.tables import path_text

__all__ = ["Source", "open_recording", "source_name"]

Source: TypeAlias = Path | Recording
"""A clip that is still to be read: a file, sound in memory, or another recording."""


def open_recording(source: Source) -> Recording:
    """Open a source; an AudioError says what is wrong with a file."""
    return FileRecording(source) if isinstance(source, Path) else source


def source_name(source: Source) -> str:
    """Return the name by which results and messages call a source."""
    return path_text(source) if isinstance(source, Path) else source.name
