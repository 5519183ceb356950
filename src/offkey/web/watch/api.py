"""Routes of the API that a monitor answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query

from offkey.model import Model
from offkey.watch.advisory.described import described
from offkey.web.api.app import needs
from offkey.web.failures import PageError
from offkey.web.tokens import Scope
from offkey.web.watch.plant import Plant
from offkey.web.watch.read_answers import Events, Messages, Scores, SourceStates, Status

__all__ = ["watch_api"]

_DAY_S = 86_400.0

_Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most: the newest.")]
_After = Annotated[int, Query(ge=0, le=2**53, description="Only those that changed after the change of this seq.")]
_OfMachine = Annotated[str | None, Query(max_length=100, description="Only those of this machine.")]
_AfterMessage = Annotated[int, Query(ge=0, le=2**53, description="Only those after the message of this seq.")]
_Status = Annotated[
    Literal["pending", "sent", "failed", "held"] | None, Query(description="Only those of this status.")
]
_Seconds = Query(ge=0, le=4e9, description="In seconds since 1970 UTC.")


def watch_api(plant: Plant) -> APIRouter:
    """Return the routes that read what a monitor knows."""
    router = APIRouter(tags=["watch"], dependencies=[needs(Scope.read)])

    @router.get("/status")
    def status() -> Status:
        """Return how each machine is doing."""
        return Status.model_validate({"machines": plant.rows()})

    @router.get("/events")
    def events(limit: _Limit = 100, after: _After = 0, machine: _OfMachine = None) -> Events:
        """List events as they are now, with sentence, clip and explanation, the one that changed last first."""
        rows = plant.store.events(limit=limit, after=after, machine=machine)
        return Events.model_validate({"events": described(plant.store, rows, plant.zone.key)})

    @router.get("/messages")
    def messages(status: _Status = None, limit: _Limit = 100, after: _AfterMessage = 0) -> Messages:
        """List messages on all channels, the newest first, with why each was held back or is not sent yet."""
        rows = plant.store.outbox.messages(status=status, limit=limit, after=after)
        return Messages.model_validate({"messages": rows})

    @router.get("/sources")
    def sources(limit: _Limit = 100, after: _After = 0) -> SourceStates:
        """List changes of the states of sources, the newest first."""
        return SourceStates.model_validate({"states": plant.store.source_states(limit=limit, after=after)})

    @router.get("/scores")
    def scores(
        machine: Annotated[str, Query(max_length=100)],
        since: Annotated[float | None, _Seconds] = None,
        until: Annotated[float | None, _Seconds] = None,
        most: Annotated[int, Query(ge=1, le=10_000, description="Stretches that the time is divided into.")] = 1000,
    ) -> Scores:
        """Return the scores of a machine over time, joined to stretches; by default of the last day.

        Beside them stand the `threshold` of its model, and between which scores 9 of 10 of the `normal` clips lie.
        """
        if plant.card(machine) is None:
            raise PageError(404, f"There is no machine {machine!r}: /api/status lists them.")
        end = plant.clock.utc() if until is None else until
        begin = end - _DAY_S if since is None else since
        if begin >= end:
            raise PageError(400, f"The time must begin before it ends. Got {begin:g} to {end:g} instead.")
        scores = plant.store.scores(machine, begin, end, most=most)
        facts = normal_scores(plant.monitor.model(machine))
        return Scores.model_validate({"machine": machine, "scores": scores, **facts})

    return router


def normal_scores(model: Model | None) -> dict[str, Any]:
    """Return the threshold of a model, and the range of nine of ten normal scores; None without a model."""
    if model is None:
        return {"threshold": None, "normal": None}
    low, high = np.quantile(model.calibration.normal_scores, [0.05, 0.95])
    return {"threshold": model.threshold.value, "normal": [float(low), float(high)]}
