"""Machines of one kind beside each other: which of them stands out from its sisters, and in what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offkey.watch.settings import PlantSettings
from offkey.watch.store.store import Store

__all__ = ["FEWEST_SISTERS", "Comparison", "compare_fleet"]

FEWEST_SISTERS = 3
"""Sisters below which nothing is said of a machine."""

_DAY_S = 86_400.0
_BEFORE_S = 60 * _DAY_S  # over which the usual scores of a machine are known
_MOST = 2000  # stretches of scores that are read
_STANDS_OUT = 3.5  # robust z beyond which a machine does
_NORMAL = 1.4826  # times the median absolute deviation is the standard deviation of a normal distribution
_LEAST = {"health": 5.0, "drift": 1.0, "events": 1.0}  # differences of the measures that count for nothing
_WORDS = {"health": "health", "drift": "drift of the score", "events": "events a week"}


@dataclass(frozen=True)
class Comparison:
    """A machine beside its sisters.

    Parameters
    ----------
    machine, kind : str
        Its name, and its kind.
    sisters : int
        How many others of the kind have been listened to.
    values : dict of str to float
        `health`: mean of its index; `drift`: by how many of its own robust standard deviations its scores lie above
        what was usual for it before; `events`: events a week. What is not known is not there.
    z : dict of str to float
        Robust z of each value beside those of the sisters; empty with fewer than `FEWEST_SISTERS`.
    sentence : str
        What stands out; empty where nothing does.
    """

    machine: str
    kind: str
    sisters: int
    values: dict[str, float]
    z: dict[str, float]
    sentence: str


def compare_fleet(store: Store, plant: PlantSettings, *, days: float, at: float) -> list[Comparison]:
    """Compare machines of one kind with each other.

    The z-score is robust: the distance from the median of the sisters in units of 1.4826 times their median absolute
    deviation, and 3.5 is where a value stands out (B. Iglewicz & D. Hoaglin, "How to detect and handle outliers", ASQC,
    1993). Machines have models of their own, so scores are not compared as they are, but each with what was usual for
    its machine.

    Parameters
    ----------
    store : Store
        Holds scores, health and events.
    plant : PlantSettings
        Says of what kind machines are.
    days : float
        Over which time they are compared.
    at : float
        Its end, in seconds since 1970 UTC.

    Returns
    -------
    list of Comparison
        One for each machine that has a kind, in the order of the file.
    """
    since = at - days * _DAY_S
    events = store.event_rows.begun(since, at)
    values = {
        machine.name: _values(store, events.get(machine.name, 0), machine.name, since, at)
        for machine in plant.machine
        if machine.kind is not None
    }
    found = []
    for machine in plant.machine:
        if machine.kind is None:
            continue
        others = [values[one.name] for one in plant.machine if one.kind == machine.kind and one is not machine]
        sisters = [of for of in others if of]
        own, z = values[machine.name], dict[str, float]()
        if len(sisters) >= FEWEST_SISTERS:
            z = {key: value for key in own if (value := _z(key, own[key], sisters)) is not None}
        sentence = _sentence(machine.name, days, own, z, sisters)
        found.append(Comparison(machine.name, machine.kind, len(sisters), own, z, sentence))
    return found


def _values(store: Store, events: int, machine: str, since: float, at: float) -> dict[str, float]:
    """Return what is known of a machine between two times; nothing where it was not listened to."""
    now = _means(store, machine, since, at)
    if not len(now):
        return {}
    found = {"events": events / (at - since) * 7 * _DAY_S}
    health = [row["index"] for row in store.health(machine, since=since) if row["index"] is not None and row["at"] < at]
    if health:
        found["health"] = float(np.mean(health))
    before = _means(store, machine, since - _BEFORE_S, since)
    spread = _NORMAL * float(np.median(np.abs(before - np.median(before)))) if len(before) else 0.0
    if spread > 0:
        found["drift"] = float(np.median(now) - np.median(before)) / spread
    return found


def _means(store: Store, machine: str, since: float, until: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rows = store.scores(machine, since, until, most=_MOST)
    return np.array([row["mean"] for row in rows if row["mean"] is not None], np.float64)


def _z(key: str, value: float, sisters: list[dict[str, float]]) -> float | None:
    """Return the robust z of a value beside those of sisters, None where too few have it."""
    others = np.array([of[key] for of in sisters if key in of])
    if len(others) < FEWEST_SISTERS:
        return None
    middle = float(np.median(others))
    spread = max(_NORMAL * float(np.median(np.abs(others - middle))), _LEAST[key])
    return (value - middle) / spread


def _sentence(
    name: str, days: float, own: dict[str, float], z: dict[str, float], sisters: list[dict[str, float]]
) -> str:
    far = sorted((key for key in z if abs(z[key]) >= _STANDS_OUT), key=lambda key: -abs(z[key]))
    if not far:
        return ""
    over = "day" if days == 1 else f"{days:g} days"
    parts = [
        f"{_WORDS[key]} {own[key]:.3g}, theirs {float(np.median([of[key] for of in sisters if key in of])):.3g}"
        for key in far
    ]
    return f"{name} stands out from its {len(sisters)} sisters over the last {over}: {'; '.join(parts)}"
