"""The errors of the runtime, each with one sentence for whoever runs it."""

from __future__ import annotations

__all__ = ["EdgeError", "FolderError", "GraphError", "OffkeyError", "SoundError"]


class OffkeyError(Exception):
    """Root of all errors that offkey raises on purpose."""


class EdgeError(OffkeyError, ValueError):
    """Something that was given cannot be used; the sentence says what, where, and what to do."""


class FolderError(EdgeError):
    """A folder is not an exported model, or one that this version cannot read."""


class GraphError(EdgeError):
    """A graph cannot be read or run."""


class SoundError(EdgeError):
    """Sound cannot be scored: unreadable, silent, too short, of another rate."""
