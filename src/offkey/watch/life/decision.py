"""A decision of a person, as every step, review and act keeps it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Decision"]


@dataclass(frozen=True)
class Decision:
    """A decision that a person takes.

    Parameters
    ----------
    at : float
        When, in seconds since 1970 UTC.
    by : str
        Who takes it.
    comment : str
        Why, empty where nobody said.
    """

    at: float
    by: str
    comment: str = ""
