"""The errors of the runtime, each with one sentence for whoever runs it."""

from __future__ import annotations

__all__ = ["EdgeError", "GraphError"]


class EdgeError(ValueError):
    """Something that was given cannot be used; the sentence says what, where, and what to do."""


class GraphError(EdgeError):
    """A graph cannot be read or run."""
