"""Decisions in C: rank among normal scores, tail beyond them, threshold, and events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.decision.calibration import MOST_SURPRISING
from offkey.decision.tail import GammaTail
from offkey.export.c.pieces import Member, Piece, Table
from offkey.model import Model

__all__ = ["calibration_of", "decision_piece", "surprises"]

Floats = NDArray[np.float64]

_NEAR = 5e-4  # of the surprise, by which a straight piece of the tail may lie beside it
_MOST = 4097  # points of the tail


def calibration_of(model: Model) -> dict[str, Any]:
    """Return what a decision takes of a model, without events, as ``calibration.json`` has it."""
    tail = model.calibration.tail
    return {
        "threshold": model.threshold.value,
        "normal_scores": model.calibration.normal_scores,
        "tail": {"shape": tail.shape, "scale": tail.scale, "location": tail.location},
        "events": None,
    }


def surprises(scores: Floats, calibration: Mapping[str, Any]) -> Floats:
    """Return how unusual scores are, as of `Calibration.surprises`, by the numbers of ``calibration.json``."""
    normal, tail = np.asarray(calibration["normal_scores"], np.float64), GammaTail(**calibration["tail"])
    n, tiny = len(normal), float(np.finfo(float).tiny)
    p_values = (1 + n - np.searchsorted(normal, scores, side="left")) / (n + 1)
    beyond, start = tail.exceedances(np.maximum(scores, normal[-1])), float(tail.exceedances(normal[-1]))
    fall = np.maximum(beyond, tiny) / max(start, tiny)
    found: Floats = np.minimum(-np.log(p_values) - np.log(np.minimum(fall, 1.0)), MOST_SURPRISING)
    return found


def decision_piece(calibration: Mapping[str, Any]) -> Piece:
    """Return rank, threshold and tail, and events where the calibration has any."""
    normal = np.asarray(calibration["normal_scores"], np.float64)
    step, tail = _tail(calibration)
    tables = (Table("normal_scores", normal.astype(np.float32)), Table("tail", tail.astype(np.float32)))
    numbers: dict[str, str | float] = {
        "N_NORMAL": len(normal),
        "THRESHOLD": float(calibration["threshold"]),
        "N_TAIL": len(tail),
        "TAIL_STEP": step,
    }
    decision = Piece(("decision",), {}, numbers, tables)
    events = calibration.get("events")
    return decision if events is None else Piece.joined([decision, _events(events)])


def _tail(calibration: Mapping[str, Any]) -> tuple[float, Floats]:
    """Return points of the surprise at equal steps from the highest normal score on, and the step."""
    highest = float(np.asarray(calibration["normal_scores"])[-1])

    def at(beyond: Floats) -> Floats:
        return surprises(np.nextafter(highest, math.inf) + beyond, calibration)

    reach = 1e-6 * max(abs(highest), 1e-6)
    while at(np.array([reach]))[0] < MOST_SURPRISING and reach < 1e6 * max(abs(highest), 1.0):
        reach *= 2
    low = reach / 2
    for _ in range(40):  # the last piece ends where the surprise stops to rise
        middle = (low + reach) / 2
        low, reach = (low, middle) if at(np.array([middle]))[0] >= MOST_SURPRISING else (middle, reach)
    points = 9
    while True:
        places = np.linspace(0, reach, points)
        tail, between = at(places), at((places[1:] + places[:-1]) / 2)
        if points >= _MOST or np.abs((tail[1:] + tail[:-1]) / 2 - between).max() < _NEAR:
            return reach / (points - 1), tail
        points = 2 * points - 1


def _events(events: Mapping[str, Any]) -> Piece:
    """Return the fast path, see `offkey.decision.events.FastPath`."""
    numbers: dict[str, str | float] = {
        "EVENT_SHARE": float(-np.expm1(-np.log(2) / events["half_life"])),
        "EVENT_OPENS": float(events["open_at"]),
        "EVENT_CLOSES": float(events["close_at"]),
        "EVENT_HOLD": f"{int(events['hold'])}u",
        "EVENT_USUAL": float(events["usual"]),
    }
    state = (
        Member("average", "float", "average of surprises"),
        Member("missing", "uint32_t", "windows without a score before the newest"),
        Member("is_above", "uint8_t", "whether the average is above the lower level, or was just before"),
    )
    return Piece(("events",), {}, numbers, state=state, flags=frozenset({"events"}))
