"""The regularised incomplete gamma function, by which the gamma tail says how rare a score is."""

from __future__ import annotations

import math

__all__ = ["SHAPES", "upper_gamma"]

SHAPES = 1e-4, 1e4
"""The shapes for which `upper_gamma` is as precise as it says; those fitted by L-moments lie from 3e-4 to 300."""

_ENOUGH = 1e-16  # a step that changes the sum by less, relative to it, is the last
_TINY = 1e-300  # stands for a denominator of 0
_MOST_STEPS = 10_000


def upper_gamma(shape: float, x: float) -> float:
    """Return the regularised upper incomplete gamma function Q(a, x), the chance that a gamma variable exceeds x.

    The series of P = 1 - Q below ``x = a + 1`` and Legendre's continued fraction above, where each converges fast: W.
    Gautschi, "A computational procedure for incomplete gamma functions", ACM Trans. Math. Softw. 5(4), 1979. The
    fraction is taken from its front: W. J. Lentz, "Generating Bessel functions in Mie scattering calculations using
    continued fractions", Appl. Opt. 15(3), 1976, as modified by I. J. Thompson & A. R. Barnett, "Coulomb and Bessel
    functions of complex arguments and order", J. Comput. Phys. 64(2), 1986.

    Parameters
    ----------
    shape : float
        The shape a, within `SHAPES`.
    x : float
        In units of the scale; 0 or more, infinity too.

    Returns
    -------
    float
        From 0 to 1, to 1e-9 of itself; 0 where it is too small for a float.

    Raises
    ------
    ValueError
        If the shape or x is out of range.
    """
    if not SHAPES[0] <= shape <= SHAPES[1] or not x >= 0:
        raise ValueError(f"Q(a, x) takes a shape from {SHAPES[0]:g} to {SHAPES[1]:g}, and an x of 0 or more.")
    if x == 0:
        return 1.0
    if x == math.inf:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))  # x^a e^-x / Gamma(a)
    if front == 0:
        return 0.0 if x > shape else 1.0
    return 1 - front * _series(shape, x) if x < shape + 1 else front * _fraction(shape, x)


def _series(a: float, x: float) -> float:
    """Return the sum of x^n / (a (a + 1) ... (a + n))."""
    term = total = 1 / a
    for step in range(1, _MOST_STEPS):
        term *= x / (a + step)
        total += term
        if term < _ENOUGH * total:
            break
    return total


def _fraction(a: float, x: float) -> float:
    """Return 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / (x + 5 - a - ...)))."""
    bottom = x + 1 - a
    upper, lower = 1 / _TINY, 1 / bottom
    value = lower
    for step in range(1, _MOST_STEPS):
        top = -step * (step - a)
        bottom += 2
        lower = 1 / _not_zero(top * lower + bottom)
        upper = _not_zero(bottom + top / upper)
        change = upper * lower
        value *= change
        if abs(change - 1) < _ENOUGH:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
