"""Rates and times in the words of sentences."""

from __future__ import annotations

import numpy as np

__all__ = ["duration", "rounded"]

_UNITS = ((1.0, "days"), (1 / 24, "hours"), (1 / 1440, "minutes"))


def rounded(value: float, digits: int = 2) -> str:
    """Return a value with so many significant digits, never with an exponent.

    Parameters
    ----------
    value : float
        Such as events a week.
    digits : int, default 2
        Significant digits.

    Returns
    -------
    str
        Such as "0.81" or "1400".
    """
    return str(np.format_float_positional(float(f"{value:.{digits}g}"), trim="-"))


def duration(days: float) -> str:
    """Return a time in the largest unit of which it is two or more.

    Parameters
    ----------
    days : float
        In days.

    Returns
    -------
    str
        Such as "11 days", "30 hours" or "31 minutes".
    """
    unit, name = next((one for one in _UNITS if days >= 2 * one[0]), _UNITS[-1])
    number = days / unit
    return f"{rounded(number) if number < 10 else round(number)} {name}"
