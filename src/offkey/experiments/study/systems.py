"""The systems of a study: detectors over settings, each on the front end that fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from offkey import detectors
from offkey.errors import UsageError
from offkey.experiments.space import Space

__all__ = ["default_values", "spaces"]

Values = Mapping[str, Sequence[Any]]

_CLASSIC: dict[str, Values] = {
    "autoencoder": {"bottleneck": (2, 8, 32)},
    "gmm": {"n_components": (1, 2, 4, 8)},
}


def default_values() -> dict[str, Values]:
    """Return what is tried where nothing is asked for: autoencoder against GMM, by detector and parameter."""
    return dict(_CLASSIC)


def spaces(
    names: Sequence[str], values: Mapping[str, Values], features: Mapping[str, str] | None = None
) -> list[Space]:
    """Return the settings of each detector.

    `values`: by detector, the values of each parameter that is tried; every combination counts.
    `features`: front ends by detector; by default ``frames`` for detectors of frames, else ``logmel``.
    """
    fronts = features or {}
    for owner in (*values, *fronts):
        if owner not in names:
            raise UsageError(f"The detector {owner!r} has settings, but takes no part: expected {', '.join(names)}.")
    found = [Space(name, fronts.get(name, _fitting(name)), values.get(name, {})) for name in dict.fromkeys(names)]
    for space in found:
        space.check()
    if sum(len(space) for space in found) < 2:
        raise UsageError("A study compares two settings or more: name several detectors, or several values.")
    return found


def _fitting(detector: str) -> str:
    return "frames" if "frame_size" in detectors.find(detector).defaults() else "logmel"
