"""Rules that a parameter must keep, declared beside the class that takes it.

After scikit-learn's ``_parameter_constraints``: the rule is data, so the check, its message and the
documentation come from one place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Interval", "OneOf", "Rule", "SequenceOf", "Text"]


class Rule(Protocol):
    """A condition on one value, able to say in words what it expects."""

    def holds(self, value: object) -> bool:
        """Tell whether `value` keeps the rule."""
        ...

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class Interval:
    """A finite number between two limits, both included unless `open_low` or `open_high` is set.

    Parameters
    ----------
    kind : type
        ``int`` or ``float``; an int is accepted where a float is expected, a bool never is.
    low, high : float
        The limits; ``-math.inf`` and ``math.inf`` for none.
    open_low, open_high : bool
        Whether the limit itself is excluded.
    or_none : bool
        Whether ``None`` is allowed as well.

    Examples
    --------
    >>> from offkey.detectors import Interval
    >>> str(Interval(int, 1))
    'an int in the range [1, inf)'
    """

    kind: type[int] | type[float]
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    or_none: bool = False

    def holds(self, value: object) -> bool:
        """Return whether `value` is a number of the right kind inside the limits."""
        if value is None:
            return self.or_none
        kinds = (int,) if self.kind is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not math.isfinite(value):
            return False
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below

    def __str__(self) -> str:
        left = "(" if self.open_low or self.low == -math.inf else "["
        right = ")" if self.open_high or self.high == math.inf else "]"
        kind = "an int" if self.kind is int else "a float"
        return f"{kind} in the range {left}{self.low:g}, {self.high:g}{right}" + (" or None" if self.or_none else "")


@dataclass(frozen=True)
class OneOf:
    """One of a few named values.

    Parameters
    ----------
    choices : tuple of (str, bool, int or None)
        The allowed values.

    Examples
    --------
    >>> from offkey.detectors import OneOf
    >>> OneOf(("max", "mean")).holds("median")
    False
    """

    choices: tuple[str | bool | int | None, ...]

    def holds(self, value: object) -> bool:
        """Return whether `value` is one of the choices and has its type."""
        return any(type(value) is type(choice) and value == choice for choice in self.choices)

    def spelled(self, value: Any) -> Any:
        """Return a choice given in other upper or lower case, such as ``"AdamW"``, as it is spelled here."""
        written = (choice for choice in self.choices if isinstance(value, str) and isinstance(choice, str))
        return next((choice for choice in written if choice.lower() == value.lower()), value)

    def __str__(self) -> str:
        return "one of " + ", ".join(repr(choice) for choice in self.choices)


@dataclass(frozen=True)
class SequenceOf:
    """A non-empty list or tuple whose every element keeps `rule`.

    Parameters
    ----------
    rule : Rule
        The rule for the elements.
    distinct : bool
        Whether no element may occur twice.
    or_none : bool
        Whether ``None`` is allowed as well.

    Examples
    --------
    >>> from offkey.detectors import Interval, SequenceOf
    >>> SequenceOf(Interval(float, 0, 1)).holds([0.5, 1])
    True
    """

    rule: Rule
    distinct: bool = False
    or_none: bool = False

    def holds(self, value: object) -> bool:
        """Return whether `value` is a sequence of values that keep the rule."""
        if value is None:
            return self.or_none
        if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not value:
            return False
        alone = not self.distinct or all(value.count(element) == 1 for element in value)
        return alone and all(self.rule.holds(element) for element in value)

    def __str__(self) -> str:
        different = "different " if self.distinct else ""
        return f"a list, not empty, of {different}values each {self.rule}" + (" or None" if self.or_none else "")


@dataclass(frozen=True)
class Text:
    """A text that is not empty.

    Parameters
    ----------
    or_none : bool
        Whether ``None`` is allowed as well.

    Examples
    --------
    >>> from offkey.detectors import Text
    >>> Text().holds("")
    False
    """

    or_none: bool = False

    def holds(self, value: object) -> bool:
        """Return whether `value` is a non-empty text."""
        return self.or_none if value is None else isinstance(value, str) and bool(value)

    def __str__(self) -> str:
        return "a text, not empty" + (" or None" if self.or_none else "")
