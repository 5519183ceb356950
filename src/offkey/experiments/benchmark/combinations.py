"""What a benchmark compares: every combination of front end, detector and seed."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from offkey import detectors, features
from offkey.audio import Channel
from offkey.errors import UsageError
from offkey.model import ModelConfig
from offkey.model.fitting import make_config, make_detector

__all__ = ["Combination", "combinations"]

_LONGEST = 100  # characters of a name, which is that of a file too

_BRACKETS = ' []"'  # left out of names: keep=[0, 1] becomes keep=0,1

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Combination:
    """A front end, a detector and a seed.

    Parameters
    ----------
    features, detector : str
        Names of the front end and of the detector.
    features_params, detector_params : mapping of str to object
        Their constructor arguments, as far as the user gives them.
    seed : int
        Seed of the detector, if it draws, and of the folds of its calibration.
    """

    features: str = "logmel"
    detector: str = "fused"
    seed: int = 0
    features_params: Params = field(default_factory=dict)
    detector_params: Params = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the combination is called in tables and files: ``logmel-gmm-n_components=4-seed0``."""
        parts = [
            self.features.replace(":", "-", 1),
            _text(self.features_params),
            self.detector,
            _text(self.detector_params),
        ]
        name = "-".join([*(part for part in parts if part), f"seed{self.seed}"])
        safe = re.sub(r"[^\w.,=+-]", "", name.replace("/", "_", self.features.count("/")))
        if len(safe) <= _LONGEST and not set(name) - set(safe) - set(_BRACKETS):
            return safe
        return f"{safe[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"

    def config(self, *, channel: Channel = 0, false_alarm_rate: float = 0.01) -> ModelConfig:
        """Return it as the configuration of a model; the seed goes to the detector if that takes one."""
        params = dict(self.detector_params)
        if "seed" in detectors.find(self.detector).defaults():
            params.setdefault("seed", self.seed)
        return make_config(
            features=self.features,
            features_params=dict(self.features_params),
            detector=self.detector,
            detector_params=params,
            channel=channel,
            false_alarm_rate=false_alarm_rate,
        )

    def to_json(self) -> dict[str, Any]:
        """Return its name and parts as JSON values."""
        return {
            "combination": self.name,
            "features": self.features,
            "features_params": dict(self.features_params),
            "detector": self.detector,
            "detector_params": dict(self.detector_params),
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Combination:
        """Return the combination that `to_json` describes."""
        return cls(**{key: value for key, value in content.items() if key != "combination"})

    def described(self) -> dict[str, Any]:
        """Return all that scores depend on, defaults and what the front end tells the detector included."""
        front_end = features.create(self.features, **self.features_params)
        about = front_end.about()
        return {
            "features": [self.features, front_end.params(), *([about] if about else [])],
            "detector": [self.detector, make_detector(self.config()).params()],
            "seed": self.seed,
        }


def combinations(
    detector_names: Sequence[str] = ("fused",),
    feature_names: Sequence[str] = ("logmel",),
    seeds: Sequence[int] = (0,),
    *,
    detector_params: Params | None = None,
    features_params: Params | None = None,
) -> list[Combination]:
    """Combine front ends, detectors and seeds.

    Parameters
    ----------
    detector_names, feature_names : sequence of str
        Names of detectors and front ends.
    seeds : sequence of int
        Seeds.
    detector_params, features_params : mapping of str to object, optional
        Constructor arguments. ``"gmm.n_components"`` is for the detector of that name, ``"onnx.layer"`` for
        every front end ``onnx:FILE``;
        ``"n_components"`` is for all that are named, each of which must have it.

    Returns
    -------
    list of Combination
        Each once, front ends first, then detectors, then seeds.

    Raises
    ------
    UsageError
        If a name or parameter is unknown, a value breaks its rule, or a seed is negative.
    """
    for seed in seeds:
        if seed < 0:
            raise UsageError(f"The seed must be an int in the range [0, inf). Got {seed} instead.")
    detector_defaults = {name: detectors.find(name).defaults() for name in detector_names}
    feature_defaults = {name: features.find(name).defaults() for name in feature_names}
    of_detector = _assigned("detector", detector_defaults, detector_params)
    of_features = _assigned("front end", feature_defaults, features_params)
    found = [
        Combination(front_end, detector, seed, of_features[front_end], of_detector[detector])
        for front_end, detector, seed in itertools.product(of_features, of_detector, dict.fromkeys(seeds))
    ]
    for combination in found:
        make_detector(combination.config())  # what is wrong with it is said before the long work
    return found


def _assigned(kind: str, defaults: Mapping[str, Params], params: Params | None) -> dict[str, dict[str, Any]]:
    """Give each component the parameters that are for it; one that names its component goes before the others."""
    assigned: dict[str, dict[str, Any]] = {name: {} for name in defaults}
    for key, value in sorted((params or {}).items(), key=lambda item: "." in item[0]):
        owner, dot, param = key.rpartition(".")
        owned = [name for name in defaults if not dot or owner in (name, name.partition(":")[0])]
        if not owned:
            raise UsageError(
                f"The parameter {key!r} is for a {kind} {owner!r}, but there is only {', '.join(defaults)}."
            )
        for name in owned:
            if param not in defaults[name]:
                having = [f"{other}.{param}" for other in defaults if param in defaults[other]]
                hint = f"; write {having[0]!r} for the one that has it" if having else ""
                known = ", ".join(defaults[name]) or "none"
                raise UsageError(f"The {kind} {name!r} has no parameter {param!r}: it has {known}{hint}.")
            assigned[name][param] = value
    return assigned


def _text(params: Params) -> str:
    """Return parameters as they stand in a name."""
    return ",".join(f"{name}={json.dumps(value)}" for name, value in sorted(params.items()))
