"""Forms of what a component learns, declared beside the class, so that a file that does not keep them is refused.

Like `offkey.components.rules`: the form is data, so that the check and its message come from one place. Axes have
names, and an axis of one name has one length in all that a component has learnt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from offkey.errors import ParameterError

__all__ = ["Kind", "Learnt", "Number", "Numbers", "Parts", "Size", "check_forms"]

_LONGEST = 2**22  # of an axis whose length a number tells


class Learnt(Protocol):
    """The form of one learnt attribute."""

    @property
    def optional(self) -> bool:
        """Whether it may be missing."""
        ...

    def faults(self, value: Any, sizes: dict[str, int]) -> Iterator[str]:
        """Yield what must hold of `value` and does not; lengths of axes are noted in `sizes`."""
        ...


def check_forms(what: str, forms: Mapping[str, Learnt], held: Any, sizes: dict[str, int]) -> None:
    """Check attributes against their forms."""
    for name, form in forms.items():
        value = getattr(held, name, None)
        if value is None and form.optional:
            continue
        fault = "there" if value is None else next(form.faults(value, sizes), None)
        if fault is not None:
            raise ParameterError(f"{what} is damaged: '{name}' must be {fault}.")


@dataclass(frozen=True)
class Size:
    """A whole number that gives the length of an axis."""

    axis: str
    optional: bool = False

    def faults(self, value: Any, sizes: dict[str, int]) -> Iterator[str]:
        """Yield what is wrong; see `Learnt`."""
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LONGEST:
            yield f"a whole number from 1 to {_LONGEST}"
        else:
            sizes[self.axis] = value


@dataclass(frozen=True)
class Number:
    """A finite number."""

    positive: bool = False  # whether it must be above 0
    optional: bool = False

    def faults(self, value: Any, sizes: dict[str, int]) -> Iterator[str]:
        """Yield what is wrong; see `Learnt`."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            yield "a finite number"
        elif self.positive and value <= 0:
            yield "above 0"


@dataclass(frozen=True)
class Numbers:
    """An array of finite numbers."""

    axes: str  # names of its axes, between spaces; a length is a name too, and behind ``...`` there may be any
    positive: bool = False  # whether all must be above 0
    index: str = ""  # an axis that the numbers, which are whole then, count along; empty for numbers of any kind
    optional: bool = False
    finite: bool = True

    def faults(self, value: Any, sizes: dict[str, int]) -> Iterator[str]:
        """Yield what is wrong; see `Learnt`."""
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        names = self.axes.split()
        further = names[-1] == "..."
        names = names[: len(names) - further]
        if not kind or kind not in ("iu" if self.index else "fiu"):
            yield "an array of whole numbers" if self.index else "an array of numbers"
        elif len(value.shape) < len(names) or (len(value.shape) > len(names) and not further):
            yield f"of shape ({', '.join(self.axes.split())})"
        else:
            for name, length in zip(names, value.shape, strict=False):
                expected = int(name) if name.isdigit() else sizes.setdefault(name, length)
                if length != expected:
                    yield f"of shape ({', '.join(self.axes.split())}), with {expected} for {name}"
                    return
            yield from self._faulty_values(value, sizes)

    def _faulty_values(self, value: Any, sizes: dict[str, int]) -> Iterator[str]:
        if not (value.size and self.finite):
            return
        low, high = value.min(), value.max()  # of NaN both are NaN
        if not (math.isfinite(low) and math.isfinite(high)):
            yield "finite"
        elif self.positive and low <= 0:
            yield "above 0"
        elif self.index and not 0 <= low <= high < sizes[self.index]:
            yield f"from 0 to {sizes[self.index] - 1}"


@dataclass(frozen=True)
class Kind:
    """A value of a type, not empty."""

    type: type  # the type, such as ``str`` or ``dict``
    empty: bool = False  # whether it may be empty after all
    optional: bool = False

    def faults(self, value: Any, sizes: dict[str, int]) -> Iterator[str]:
        """Yield what is wrong; see `Learnt`."""
        if not isinstance(value, self.type) or not (value or self.empty):
            yield f"a {self.type.__name__}" + ("" if self.empty else ", not empty")


@dataclass(frozen=True)
class Parts:
    """A list of components."""

    method: str  # what each must be able to do: the name of its method
    empty: bool = False  # whether there may be none
    optional: bool = False

    def faults(self, value: Any, sizes: dict[str, int]) -> Iterator[str]:
        """Yield what is wrong; see `Learnt`."""
        able = isinstance(value, list) and all(callable(getattr(element, self.method, None)) for element in value)
        if not able or not (value or self.empty):
            yield f"a list of components that can {self.method}" + ("" if self.empty else ", not empty")
