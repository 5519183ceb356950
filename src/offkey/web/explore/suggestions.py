"""Pairs of clips that are worth comparing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from offkey.web.explore.space import Space

__all__ = ["KINDS", "Suggestion", "suggest"]

_MOST = 60


@dataclass(frozen=True)
class Suggestion:
    """A pair of clips worth comparing."""

    a: str
    b: str
    why: str  # what they have in common
    distance: float  # in Space


def suggest(kind: str, frame: pl.DataFrame, space: Space, attributes: Sequence[str] = ()) -> list[Suggestion]:
    """Return pairs of one of `KINDS`, at most 60, the nearest first; `attributes` are columns of parameters."""
    ids = frame["id"].to_list()
    pairs = KINDS[kind][1](frame, space, attributes)
    suggestions = {(a, b): Suggestion(ids[a], ids[b], why, distance) for a, b, why, distance in pairs}
    return sorted(suggestions.values(), key=lambda suggestion: suggestion.distance)[:_MOST]


_Pairs = Iterator[tuple[int, int, str, float]]


def _anomaly_and_normal(frame: pl.DataFrame, space: Space, _: Sequence[str]) -> _Pairs:
    """Yield pairs by the labels of the data set; clips without one are what a model or run calls them."""
    for name, group in _groups(_called(frame), ("part", "machine", "section", "snr_db")):
        normal, anomaly = (_rows(group, "called", label) for label in ("normal", "anomaly"))
        for a, b, distance in space.closest_pairs(anomaly, normal, len(anomaly)):
            yield a, b, name, distance


def _called(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the clips with a column ``called``: normal, anomaly, or null where neither is known."""
    known = [pl.col("label")] if "label" in frame.columns else []
    if "anomalous" in frame.columns:
        words = pl.col("anomalous").replace_strict({0: "normal", 1: "anomaly"}, default=None, return_dtype=pl.String)
        known.append(words)
    return frame.with_columns(called=pl.coalesce(known) if known else pl.lit(None, pl.String))


def _source_and_target(frame: pl.DataFrame, space: Space, attributes: Sequence[str]) -> _Pairs:
    """Yield pairs of one attribute where a machine has it in both domains, else pairs of one machine and section."""
    for name, group in _groups(frame, ("machine", "section")):
        shared = [
            pair
            for attribute in attributes
            for value, same in _groups(group.filter(pl.col(attribute).is_not_null()), (attribute,))
            for pair in _across(same, space, f"{name}, {attribute} {value}")
        ]
        yield from shared or _across(group, space, f"{name}, no attribute in common")


def _across(group: pl.DataFrame, space: Space, why: str) -> _Pairs:
    normal = group.filter(pl.col("label") != "anomaly") if "label" in group.columns else group
    source, target = (_rows(normal, "domain", domain) for domain in ("source", "target"))
    for a, b, distance in space.closest_pairs(target, source, 5):
        yield b, a, why, distance


def _alike_but_labelled_differently(frame: pl.DataFrame, space: Space, _: Sequence[str]) -> _Pairs:
    """Yield the two most alike clips with different labels of each machine, whatever the section."""
    label = "own_label" if "own_label" in frame.columns else "label"
    given = frame.with_columns(label_given=pl.coalesce(label, "label") if "label" in frame.columns else pl.col(label))
    for name, group in _groups(given, ("machine",)):
        normal, anomaly = (_rows(group, "label_given", word) for word in ("normal", "anomaly"))
        for a, b, distance in space.closest_pairs(anomaly, normal, 3):
            yield a, b, name, distance


KINDS: dict[str, tuple[str, Callable[[pl.DataFrame, Space, Sequence[str]], _Pairs]]] = {
    "anomaly": ("Anomaly and its nearest normal", _anomaly_and_normal),
    "domain": ("Source and target of one attribute", _source_and_target),
    "alike": ("Most alike, labelled differently", _alike_but_labelled_differently),
}
"""Title of each kind, and what finds its pairs."""


def _groups(frame: pl.DataFrame, columns: tuple[str, ...]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield groups of equal values with a name; missing columns are ignored."""
    there = [name for name in columns if name in frame.columns]
    if not there:
        yield "", frame
        return
    for key, group in frame.group_by(there, maintain_order=True):
        yield _named(dict(zip(there, key, strict=True))), group


def _named(values: dict[str, Any]) -> str:
    words = [f"{value:g} dB" if name == "snr_db" else str(value) for name, value in values.items() if value is not None]
    return " ".join(words)


def _rows(frame: pl.DataFrame, column: str, value: str) -> list[int]:
    return frame.filter(pl.col(column) == value)["row"].to_list() if column in frame.columns else []
