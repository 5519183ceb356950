"""The ledger: events that people called false, beside what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from offkey.decision.events.rate import EventRate
from offkey.decision.events.words import duration, rounded

__all__ = ["Ledger"]


@dataclass(frozen=True)
class Ledger:
    """Reviewed events of a machine, or of several, beside the promise.

    Parameters
    ----------
    false, others, open : int
        Events that were called false, that were called true or expected, and that nobody has reviewed yet.
    days : float
        Days of sound that were judged, of all machines together; above 0.
    promise : float
        False events a machine and week that were promised at most, as of `Sensitivity.bound`.
    """

    false: int
    others: int
    open: int
    days: float
    promise: float

    @classmethod
    def of(cls, events: Iterable[str], reviews: Iterable[Mapping[str, Any]], *, days: float, promise: float) -> Self:
        """Count the events by their newest review.

        Parameters
        ----------
        events : iterable of str
            Identities of the events that count.
        reviews : iterable of mapping
            `event` and `verdict` ("true", "false" or "expected") of each, in the order of time.
        days, promise : float
            As of the class.

        Returns
        -------
        Ledger
        """
        verdicts = {row["event"]: row["verdict"] for row in reviews}
        found = [verdicts.get(event) for event in events]
        false, unknown = found.count("false"), found.count(None)
        return cls(false, len(found) - false - unknown, unknown, days, promise)

    @property
    def rate(self) -> EventRate:
        """False events a machine and week, with their interval."""
        return EventRate(self.false, self.days)

    @property
    def is_broken(self) -> bool:
        """Whether the interval lies above the promise."""
        return self.rate.interval()[0] > self.promise

    def sentence(self) -> str:
        """Say in words whether the promise is kept.

        Returns
        -------
        str
            Such as "2 false events in 21 days, 0.67 a week (0.08 to 2.4); promised: at most 3.1".
        """
        low, high = self.rate.interval()
        counted = f"{self.false} false {'event' if self.false == 1 else 'events'} in {duration(self.days)}"
        rate = f"{rounded(self.rate.per_week)} a week ({rounded(low)} to {rounded(high)})"
        text = f"{counted}, {rate}; promised: at most {rounded(self.promise)}"
        if self.open:
            text += f"; {self.open} not reviewed"
        return text + ("; the normal has changed: learn again or lower the sensitivity" if self.is_broken else "")
