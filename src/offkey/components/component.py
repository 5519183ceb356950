"""A named thing whose constructor arguments are its whole configuration."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

from offkey.components.rules import Rule
from offkey.errors import ParameterError

__all__ = ["Component"]


class Component:
    """Base of front ends and detectors.

    A subclass takes keyword-only constructor arguments with defaults, stores each under its own name
    without any logic, and declares a rule for each in `rules`. The rules are checked when the
    component is put to work, so that parameters can also be set after construction.

    Attributes
    ----------
    name : str
        The name under which the registry knows the class.
    rules : mapping of str to Rule
        What each constructor argument must keep.
    """

    name: ClassVar[str]
    rules: ClassVar[Mapping[str, Rule]] = {}

    def params(self) -> dict[str, Any]:
        """Return the constructor arguments by name, as they are now."""
        return {name: getattr(self, name) for name in self.defaults()}

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Return the default of each constructor argument by name."""
        if cls.__init__ is object.__init__:
            return {}
        parameters = inspect.signature(cls).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}

    def check_params(self) -> None:
        """Check every constructor argument against its rule.

        Raises
        ------
        ParameterError
            For the first argument that breaks its rule.
        """
        for name, rule in self.rules.items():
            value = getattr(self, name)
            if not rule.holds(value):
                raise ParameterError(f"The '{name}' parameter of '{self.name}' must be {rule}. Got {value!r} instead.")

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.params().items())
        return f"{type(self).__name__}({inside})"
