"""Components by name: the built-in ones, listed explicitly, and those of other packages.

Another package adds one by an entry point in the registry's group::

    [project.entry-points."offkey.detectors"]
    mine = "my_package.module:MyDetector"

Modules are imported on first use, so that listing a name costs nothing.
"""

from __future__ import annotations

import difflib
import importlib
import re
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from offkey.components.component import CONSENT, Component
from offkey.components.rules import OneOf
from offkey.errors import OffkeyError, ParameterError

__all__ = ["Registry"]

C = TypeVar("C", bound=Component)

_LEARNT = re.compile(r"[a-z][a-z0-9_]*_")  # never the name of a method


class Registry(Generic[C]):
    """The components of one kind, by name.

    `kind`: what the components are, in the words of an error message: ``"detector"``.
    `base`: the class that each of them must derive from.
    `builtin`: name to ``"module:Class"``.
    """

    def __init__(self, kind: str, base: type[C], group: str, builtin: Mapping[str, str]) -> None:
        self.kind, self.base, self.group, self.builtin = kind, base, group, builtin

    def names(self) -> list[str]:
        """Return all names: the built-in ones in their order, then those of other packages.

        Examples
        --------
        >>> from offkey import detectors
        >>> detectors.names()[:3]
        ['fused', 'knn', 'local_density']
        """
        return [*self.builtin, *sorted(set(self._plugins()) - set(self.builtin))]

    def find(self, name: str) -> type[C]:
        """Return the class of this name; an argument after a colon in it is ignored.

        Parameters
        ----------
        name : str
            One of `names`.

        Returns
        -------
        type
            The class; its docstring states its assumptions and arguments.

        Raises
        ------
        ParameterError
            If there is none; the message lists the names and suggests the nearest.
        OffkeyError
            If another package's entry point cannot be loaded or is no component of this kind.

        Examples
        --------
        >>> from offkey import detectors
        >>> detectors.find("gmm").defaults()["n_components"]
        2
        """
        name, colon, argument = str(name).partition(":")
        found = self._find(name)
        if colon and (found.argument is None or not argument):
            wanted = (
                f"takes nothing behind a colon: write {name!r}" if found.argument is None else _argument_missing(found)
            )
            raise ParameterError(f"The {self.kind} {name + colon + argument!r} {wanted}.")
        return found

    def _find(self, name: str) -> type[C]:
        if name in self.builtin:
            module, _, attribute = self.builtin[name].partition(":")
            found: type[C] = getattr(importlib.import_module(module), attribute)
            return found
        plugin = self._plugins().get(name)
        if plugin is None:
            near = difflib.get_close_matches(name, self.names(), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ParameterError(f"There is no {self.kind} {name!r}: expected one of {', '.join(self.names())}.{hint}")
        return self._load(plugin)

    def create(self, name: str, /, **params: Any) -> C:
        """Return a new detector or front end by name, with its parameters checked.

        Parameters
        ----------
        name : str
            One of `names`; some take an argument after a colon, such as the file in ``"onnx:FILE"``.
        **params
            Constructor arguments that differ from the defaults.

        Returns
        -------
        Component
            The detector or front end, which has learnt nothing yet.

        Raises
        ------
        ParameterError
            If the name or a parameter is unknown, a value breaks its rule, or an argument is missing.

        Examples
        --------
        >>> from offkey import detectors
        >>> detectors.create("knn", n_neighbors=2)
        KNN(n_neighbors=2, memory=2048)
        """
        cls = self.find(name)
        name, _, argument = name.partition(":")
        if argument and cls.argument is not None:
            params = {cls.argument: argument, **params}
        return self._make(cls, params)

    def _make(self, cls: type[C], params: Mapping[str, Any]) -> C:
        """Return a component of a class, its parameters checked."""
        if cls.argument is not None and params.get(cls.argument, cls.defaults()[cls.argument]) == "":
            raise ParameterError(f"The {self.kind} {cls.name!r} {_argument_missing(cls)}.")
        params = {_spelled(param, cls.defaults()): value for param, value in params.items()}
        cls.check_names(self.kind, params)
        rules = ((param, cls.rules.get(param)) for param in params)
        named = {param: rule.spelled(params[param]) for param, rule in rules if isinstance(rule, OneOf)}
        component = cls(**{**params, **named})
        component.check_params()
        return component

    def restore(self, state: Mapping[str, Any], *, trust_remote_code: bool = False) -> C:
        """Return the detector or front end that a `state` describes.

        An argument that the state lacks gets its value in `Component.earlier`, or its default.

        Parameters
        ----------
        state : mapping
            As it was read from a file.
        trust_remote_code : bool, default False
            Whether to run code that comes with a network; the value in the state is ignored.

        Raises
        ------
        ParameterError
            If there is no component of that name, a parameter is unknown or breaks its rule, or a learnt attribute is
            invalid.

        Examples
        --------
        >>> from offkey import detectors
        >>> detector = detectors.create("knn").fit(X)
        >>> bool((detectors.restore(detector.state()).score(X_new) == detector.score(X_new)).all())
        True
        """
        cls = self.find(state["name"]).of_state(state)
        consent = {CONSENT: trust_remote_code} if CONSENT in cls.defaults() else {}
        component = self._make(cls, {**cls.earlier, **state["params"], **consent})
        for key, value in state["learnt"].items():
            if not _LEARNT.fullmatch(key):
                raise ParameterError(f"The {self.kind} {cls.name!r} learns nothing that is called {key!r}.")
            setattr(component, key, self._unpacked(value, trust_remote_code))
        component.check_learnt()
        return component

    def _unpacked(self, value: Any, trust_remote_code: bool) -> Any:
        if isinstance(value, list):
            return [self._unpacked(element, trust_remote_code) for element in value]
        is_state = isinstance(value, Mapping) and set(value) == {"name", "params", "learnt"}
        return self.restore(value, trust_remote_code=trust_remote_code) if is_state else value

    def _plugins(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=self.group)}

    def _load(self, entry: EntryPoint) -> type[C]:
        try:
            found = entry.load()
        except Exception as error:  # whatever another package's import does wrong is its own, but must be named
            raise OffkeyError(f"The {self.kind} {entry.name!r} ({entry.value}) cannot be loaded: {error}.") from error
        if not (isinstance(found, type) and issubclass(found, self.base)):
            raise OffkeyError(
                f"The {self.kind} {entry.name!r} ({entry.value}) must be a subclass of {self.base.__name__}, "
                f"but is {found!r}."
            )
        return found


def _argument_missing(cls: type[Component]) -> str:
    """Say how a component is named with its argument."""
    return f"misses its argument: write {cls.name}:{str(cls.argument).upper()}"


def _spelled(param: str, known: Mapping[str, Any]) -> str:
    """Return a parameter's name as it is spelled here: ``optimizer`` is ``optimiser``, ``normalization`` likewise."""
    here = param.replace("iz", "is")
    return here if param not in known and here in known else param
