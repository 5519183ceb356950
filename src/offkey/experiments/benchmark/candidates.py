"""The candidates of a benchmark: every combination of front end, detector and seed that is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from offkey import detectors, features
from offkey.errors import UsageError
from offkey.experiments.candidate import Candidate, Params
from offkey.model.make_components import make_detector

__all__ = ["candidates"]


def candidates(
    detector_names: Sequence[str] = ("fused",),
    feature_names: Sequence[str] = ("logmel",),
    seeds: Sequence[int] = (0,),
    *,
    detector_params: Params | None = None,
    features_params: Params | None = None,
) -> list[Candidate]:
    """Combine front ends, detectors and seeds.

    `detector_params`, `features_params`: constructor arguments. ``"gmm.n_components"`` is for the detector of that
        name, ``"onnx.layer"`` for every front end ``onnx:FILE``; ``"n_components"`` is for all that are named, each of
        which must have it.
    """
    for seed in seeds:
        if seed < 0:
            raise UsageError(f"The seed must be an int in the range [0, inf). Got {seed} instead.")
    detector_defaults = {name: detectors.find(name).defaults() for name in detector_names}
    feature_defaults = {name: features.find(name).defaults() for name in feature_names}
    of_detector = _assigned("detector", detector_defaults, detector_params)
    of_features = _assigned("front end", feature_defaults, features_params)
    found = [
        Candidate(front_end, detector, seed, of_features[front_end], of_detector[detector])
        for front_end, detector, seed in itertools.product(of_features, of_detector, dict.fromkeys(seeds))
    ]
    for candidate in found:
        make_detector(candidate.config())  # what is wrong with it is said before the long work
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
