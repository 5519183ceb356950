"""The space of a search: configurations of a detector and a front end, out of lists of values."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from offkey import detectors, features
from offkey.errors import ParameterError, UsageError
from offkey.experiments.candidate import Candidate
from offkey.model.make_components import make_detector

__all__ = ["LARGEST_SPACE", "Axis", "Space"]

LARGEST_SPACE = 10_000
"""Most combinations of values that a space may have."""


@dataclass(frozen=True)
class Axis:
    """A parameter and the values that are tried."""

    owner: str  # {"features", "detector"}; whose parameter it is
    name: str
    values: tuple[Any, ...]

    @property
    def is_numeric(self) -> bool:
        """Whether all values are numbers, and so have an order."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)

    def value_of(self, candidate: Candidate) -> Any:
        """Return the value that a candidate has here, also where that is the default."""
        if self.owner == "features":
            return candidate.features_params.get(self.name, features.find(candidate.features).defaults()[self.name])
        return candidate.detector_params.get(self.name, detectors.find(candidate.detector).defaults()[self.name])


@dataclass(frozen=True)
class Space:
    """All candidates: every combination of the values."""

    detector: str = "fused"
    features: str = "logmel"
    detector_values: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    features_values: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def axes(self) -> list[Axis]:
        """The parameters, those of the front end first, so that its candidates lie together."""
        owned = (("features", self.features_values), ("detector", self.detector_values))
        return [Axis(owner, name, tuple(values)) for owner, given in owned for name, values in given.items()]

    def __len__(self) -> int:
        return math.prod(len(axis.values) for axis in self.axes)

    def __iter__(self) -> Iterator[Candidate]:
        shape = [range(len(axis.values)) for axis in self.axes]
        return (self.at(indices) for indices in itertools.product(*shape))

    def at(self, indices: Sequence[int]) -> Candidate:
        """Return the candidate whose values stand at these places, one for each of `axes`."""
        params: dict[str, dict[str, Any]] = {"features": {}, "detector": {}}
        for axis, index in zip(self.axes, indices, strict=True):
            params[axis.owner][axis.name] = axis.values[index]
        return Candidate(
            self.features, self.detector, features_params=params["features"], detector_params=params["detector"]
        )

    def default(self) -> Candidate:
        """Return the candidate whose parameters are all at their defaults."""
        return Candidate(self.features, self.detector)

    def check(self) -> None:
        """Check every candidate, before anything is read."""
        make_detector(self.default().config())
        for axis in self.axes:
            seen = [json.dumps(value) for value in axis.values]
            twice = next((text for text in seen if seen.count(text) > 1), None)
            if twice is not None:
                raise UsageError(f"The parameter {axis.name!r} lists the value {twice} twice: list each value once.")
            self._check_axis(axis)
        if len(self) > LARGEST_SPACE:
            raise UsageError(
                f"There are {len(self)} combinations of values, and no more than {LARGEST_SPACE} can be searched: "
                "list fewer values."
            )
        for candidate in self:
            make_detector(candidate.config())

    def _check_axis(self, axis: Axis) -> None:
        """Check each value by itself: what is wrong with it is then not taken for a matter of combination."""
        registry: Any = features if axis.owner == "features" else detectors
        if not axis.values:
            raise ParameterError(f"The parameter {axis.name!r} needs at least one value.")
        for value in axis.values:
            registry.create(self.features if axis.owner == "features" else self.detector, **{axis.name: value})
