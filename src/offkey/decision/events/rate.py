"""The rate of events a week, with its exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from offkey.errors import ParameterError

__all__ = ["EventRate"]

_WEEK_DAYS = 7.0
_AHEAD_DAYS = 28.0  # for which a bound holds at the least


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

    Where a threshold was set right above the event N + 1 of the time that is counted, the expected number above it is
    gamma-distributed with shape N + 1, since the largest of many independent values are the first points of a Poisson
    process (S. Coles, "An Introduction to Statistical Modeling of Extreme Values", Springer 2001, section 7.3). The
    number in a time to come is then negative binomial, with chance of success T / (T + ahead): the prediction limit of
    W. Nelson, "Confidence intervals for the ratio of two Poisson means and Poisson predictor intervals", IEEE
    Trans. Reliability R-19, 1970.
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

    @property
    def expected(self) -> float:
        """The events a week to expect above a threshold that was set by them, right above the next one."""
        return (self.events + 1) / self._weeks

    def expected_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return between which rates a week the true one lies above a threshold that was set by these events.

        Parameters
        ----------
        confidence : float, default 0.95
            How often the interval holds the true rate.

        Returns
        -------
        low, high : float
            Events a week; `low` is above 0 where there were none, since the next event set the threshold.
        """
        freedom = 2 * self.events + 2
        return self._end(freedom, (1 - confidence) / 2), self._end(freedom, (1 + confidence) / 2)

    def bound(self, confidence: float = 0.95) -> float:
        """Return the rate a week that the time to come exceeds at most so seldom.

        That is four weeks, or as long as was counted where that is longer; over a longer time it is exceeded less
        often.

        Parameters
        ----------
        confidence : float, default 0.95
            How often the rate that is seen lies at or below it.

        Returns
        -------
        float
            Events a week: 3.1 after seven days without any, 3.0 of which are for not knowing the rate.
        """
        from scipy.special import nbdtrik

        ahead = max(_AHEAD_DAYS, self.days)
        number = nbdtrik(confidence, self.events + 1, self.days / (self.days + ahead))
        return float(number) / (ahead / _WEEK_DAYS)

    @property
    def _weeks(self) -> float:
        return self.days / _WEEK_DAYS

    def _end(self, freedom: int, share: float) -> float:
        from scipy.special import chdtri

        return float(chdtri(freedom, 1 - share)) / 2 / self._weeks if freedom else 0.0
