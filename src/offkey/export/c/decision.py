"""Decisions in C: rank among normal scores, tail beyond them, threshold, and events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.export.c.pieces import Member, Piece, Table
from offkey.model import Model
from offkey.runtime.calibration import MOST_SURPRISING, Calibration, Tail

__all__ = ["calibration_of", "decision_piece", "runtime_calibration"]

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


def runtime_calibration(calibration: Mapping[str, Any]) -> Calibration:
    """Return what decides about scores by the numbers of ``calibration.json``, as the runtime does."""
    normal = [float(score) for score in calibration["normal_scores"]]
    return Calibration(normal, float(calibration["threshold"]), Tail(**calibration["tail"]))


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
    decides = runtime_calibration(calibration)
    highest = decides.normal_scores[-1]

    def at(beyond: float) -> float:
        return decides.surprise(math.nextafter(highest, math.inf) + beyond)

    reach = 1e-6 * max(abs(highest), 1e-6)
    while at(reach) < MOST_SURPRISING and reach < 1e6 * max(abs(highest), 1.0):
        reach *= 2
    low = reach / 2
    for _ in range(40):  # the last piece ends where the surprise stops to rise
        middle = (low + reach) / 2
        low, reach = (low, middle) if at(middle) >= MOST_SURPRISING else (middle, reach)
    points = 9
    while True:
        places = np.linspace(0, reach, points)
        tail = np.array([at(place) for place in places.tolist()])
        between = np.array([at(place) for place in ((places[1:] + places[:-1]) / 2).tolist()])
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
