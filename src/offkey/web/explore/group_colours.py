"""Colours of groups of clips: normal is blue and anomalous red, all others stay apart for most eyes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from offkey.tables import label_of
from offkey.web.explore.query import NONE

__all__ = ["ANOMALOUS", "NORMAL", "distinct_colours", "group_colours", "meaning"]

NORMAL, ANOMALOUS, _UNSURE, _UNKNOWN = "#4477aa", "#cc3311", "#b08d00", "#8a8a8a"
_LABEL_COLUMNS = frozenset({"label", "label (table)", "own_label", "anomalous"})

_STEP = 15  # between the levels of red, green and blue that are tried
_LUMINANCE = (0.11, 0.42)  # at which a colour stands out from a white page and from a dark one, 2.2 : 1 or more
_CHROMA = 0.19  # beyond it colours glare
_DEFICIENT = 1.6  # how much more a difference counts that eyes of fewer colours see

_SIMULATED = np.array(
    [
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)  # protanopia, deuteranopia, tritanopia, in linear light: Machado, Oliveira & Fernandes, IEEE TVCG 15(6), 2009
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)  # Oklab: B. Ottosson, "A perceptual color space for image processing", 2020


def group_colours(column: str, names: Sequence[str]) -> list[str]:
    """Return the colour of each group of clips, ``#rrggbb``; `column` is what the clips are grouped by."""
    meant = {"normal": NORMAL, "anomaly": ANOMALOUS, "unsure": _UNSURE}
    meanings = [meaning(column, name) for name in names]
    if any(meanings):
        return [meant.get(label, _UNKNOWN) for label in meanings]
    others = iter(distinct_colours(len(names)))
    return [_UNKNOWN if name == NONE else next(others) for name in names]


def meaning(column: str, name: str) -> str:
    """Return what a value calls a clip: normal, anomaly or unsure; empty if neither.

    In columns that hold labels it may be any word or number that does; in others 0 and 1 are no labels.
    """
    if name == "unsure" and column in _LABEL_COLUMNS:
        return "unsure"
    label = label_of(name) if column in _LABEL_COLUMNS or name.lower() in ("normal", "anomaly", "abnormal") else None
    return "" if label is None else ("normal", "anomaly")[label]


@cache
def distinct_colours(n: int) -> tuple[str, ...]:
    """Return n colours that differ from each other, and from those of labels, as far as possible.

    Each next colour lies farthest from all chosen so far, as people with and without a colour deficiency see them.
    """
    levels = np.arange(0, 256, _STEP)
    tried = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    luminance = _linear(tried) @ np.array([0.2126, 0.7152, 0.0722])
    chroma = np.linalg.norm(_seen_colours(tried)[0, :, 1:], axis=1)
    tried = tried[(luminance >= _LUMINANCE[0]) & (luminance <= _LUMINANCE[1]) & (chroma <= _CHROMA)]
    seen = _seen_colours(tried)
    taken = [_rgb(colour) for colour in (NORMAL, ANOMALOUS, _UNKNOWN)]
    nearest = np.min([_differences(seen, _seen_colours(np.array([one]))) for one in taken], axis=0)
    chosen = []
    for _ in range(n):
        best = int(nearest.argmax())
        chosen.append("#{:02x}{:02x}{:02x}".format(*tried[best].tolist()))
        nearest = np.minimum(nearest, _differences(seen, seen[:, best : best + 1]))
    return tuple(chosen)


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _linear(rgb: NDArray[np.int64]) -> NDArray[np.float64]:
    share = rgb / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _seen_colours(rgb: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return where colours lie in Oklab, shape (4, n, 3): as most people see them, then by the three deficiencies."""
    light = _linear(rgb)
    views = np.stack([light, *(np.clip(light @ matrix.T, 0, 1) for matrix in _SIMULATED)])
    lab: NDArray[np.float64] = np.cbrt(views @ _TO_CONES.T) @ _TO_LAB.T
    return lab


def _differences(seen: NDArray[np.float64], colour: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances of colours from one, for the eyes that distinguish them least."""
    away = np.linalg.norm(seen - colour, axis=2)
    least: NDArray[np.float64] = (away * np.array([1, *[_DEFICIENT] * 3])[:, None]).min(axis=0)
    return least
