"""The rate of events a week, with its exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from offkey.errors import ParameterError

__all__ = ["EventRate"]

_WEEK_DAYS = 7.0


@dataclass(frozen=True)
class EventRate:
    """Events counted in a number of days, and between which ends their true rate lies.

    Parameters
    ----------
    events : int
        How many there were.
    days : float
        For how long they were counted, in days; above 0.

    Raises
    ------
    ParameterError
        If the number is negative or the time is none.

    Notes
    -----
    Events that come apart from each other are Poisson-distributed, and the interval is exact for these (F. Garwood,
    "Fiducial limits for the Poisson distribution", Biometrika 28, 1936): half a quantile of chi-squared with 2 N and
    with 2 N + 2 degrees of freedom.
    """

    events: int
    days: float

    def __post_init__(self) -> None:
        if self.events < 0 or not self.days > 0:
            raise ParameterError(
                f"An event rate needs a count of 0 or more in a time above 0 days. "
                f"Got {self.events!r} events in {self.days!r} days instead."
            )

    @property
    def per_week(self) -> float:
        """The events a week that were counted."""
        return self.events / self._weeks

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return between which rates a week the true one lies, with both ends missed equally often.

        Parameters
        ----------
        confidence : float, default 0.95
            How often the interval holds the true rate, at least.

        Returns
        -------
        low, high : float
            Events a week; `low` is 0 where there were none.
        """
        return self._end(2 * self.events, (1 - confidence) / 2), self._end(2 * self.events + 2, (1 + confidence) / 2)

    def bound(self, confidence: float = 0.95) -> float:
        """Return the rate a week that the true one exceeds at most so seldom.

        Parameters
        ----------
        confidence : float, default 0.95
            How often the true rate lies at or below it, at least.

        Returns
        -------
        float
            Events a week: 3.0 after seven days without any.
        """
        return self._end(2 * self.events + 2, confidence)

    @property
    def _weeks(self) -> float:
        return self.days / _WEEK_DAYS

    def _end(self, freedom: int, share: float) -> float:
        from scipy.special import chdtri

        return float(chdtri(freedom, 1 - share)) / 2 / self._weeks if freedom else 0.0
