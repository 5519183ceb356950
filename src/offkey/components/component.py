"""A named thing whose constructor arguments are its whole configuration."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar

from offkey.components.learnt import Learnt, check_forms
from offkey.components.rules import Rule
from offkey.errors import ParameterError

__all__ = ["CONSENT", "Component"]

CONSENT = "trust_remote_code"
"""The constructor argument that allows code of others to run: a person gives it, never a file."""


class Component:
    """Base of front ends and detectors.

    A subclass takes keyword-only constructor arguments with defaults, stores each under its own name
    without any logic, and declares a rule for each in `rules`. The rules are checked when the
    component is put to work, so that parameters can also be set after construction.

    `learnt`: what it learns: the attributes that end in ``_``, beside those that its bases declare. A component that
        declares none has nothing checked when a file is read.
    `argument`: the constructor argument that may stand behind a colon in the name, as the file in ``onnx:FILE``.
    `earlier`: values of arguments that came later, by which files written before them keep their meaning.
    """

    name: ClassVar[str]
    rules: ClassVar[Mapping[str, Rule]] = {}  # what each constructor argument must keep
    learnt: ClassVar[Mapping[str, Learnt]] = {}
    argument: ClassVar[str | None] = None
    earlier: ClassVar[Mapping[str, Any]] = {}

    def params(self) -> dict[str, Any]:
        """Return the current constructor arguments by name."""
        return {name: getattr(self, name) for name in self.defaults()}

    def effective_params(self) -> dict[str, Any]:
        """Return the constructor arguments that files store and that identify finished work.

        An argument added in a later version is left out while it has its earlier value, so that earlier work is found
        and earlier versions read the file.
        """
        defaults, params = self.defaults(), self.params()
        unchanged = {name for name, value in self.earlier.items() if params[name] == value == defaults[name]}
        return {name: value for name, value in params.items() if name not in unchanged}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> type[Any]:
        """Return the class for a saved state of this component; a later version may work by another class."""
        return cls

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Return the default of each constructor argument by name."""
        return dict(_defaults(cls.__init__))

    @classmethod
    def check_names(cls, kind: str, names: Iterable[str]) -> None:
        """Check that there are constructor arguments of these names.

        Parameters
        ----------
        kind : str
            Word for the component in messages: ``"detector"``.
        names : iterable of str
            The names.

        Raises
        ------
        ParameterError
            For the first unknown name; the message lists the known ones.
        """
        for name in names:
            if name not in cls.defaults():
                known = ", ".join(cls.defaults()) or "none"
                raise ParameterError(f"The {kind} {cls.name!r} has no parameter {name!r}: it has {known}.")

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

    def check_learnt(self) -> None:
        """Check learnt attributes that were read from a file against the forms that the class and its bases declare.

        Raises
        ------
        ParameterError
            For the first attribute that is missing, has the wrong type or shape, or is not finite.
        """
        sizes: dict[str, int] = {}
        for cls in reversed(type(self).__mro__):
            check_forms(f"What '{self.name}' has learnt", vars(cls).get("learnt", {}), self, sizes)

    def state(self) -> dict[str, Any]:
        """Return everything that `Registry.restore` needs: name, parameters and learnt attributes.

        Learnt attributes are those that end in ``_``: arrays, JSON values, or other components.

        Returns
        -------
        dict
            Nested dict of numpy arrays and JSON values.
        """
        learnt = {
            key: _packed(value) for key, value in vars(self).items() if key.endswith("_") and not key.startswith("_")
        }
        return {"name": self.name, "params": self.effective_params(), "learnt": learnt}

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.params().items())
        return f"{type(self).__name__}({inside})"


def _packed(value: Any) -> Any:
    if isinstance(value, Component):
        return value.state()
    if isinstance(value, list):
        return [_packed(element) for element in value]
    is_scalar = getattr(value, "shape", None) == () and hasattr(value, "item")  # of numpy, not imported here
    return value.item() if is_scalar else value


@cache
def _defaults(init: Callable[..., None]) -> dict[str, Any]:
    """Return the default of each argument of a constructor; each fold of a cross-validation asks for them."""
    if init is object.__init__:
        return {}
    parameters = inspect.signature(init).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
