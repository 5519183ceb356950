"""Routes of the API by which programs do what people do on pages: review, acknowledge, shelve, arm."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from offkey.watch.life.reviews import acknowledge, review, shelve, unshelve
from offkey.watch.life.steps import arm, begin_learning, begin_shadow, machine_named, put_in_service
from offkey.watch.life.times import time_to_come
from offkey.web.api.app import needs
from offkey.web.tokens import Scope
from offkey.web.watch.deciding import decision_of
from offkey.web.watch.plant import Plant

__all__ = ["acts_api"]

_Event = Annotated[str, Path(min_length=4, max_length=64, pattern="^[0-9a-f]+$", description="Or its first letters.")]
_Machine = Annotated[str, Path(max_length=100)]  # with the slashes that its name may have


class Comment(BaseModel):
    """The name of a person or program, and a reason."""

    model_config = ConfigDict(extra="forbid", strict=True)

    by: str = Field(default="", max_length=100, description="A token's own name wins.", examples=["anna"])
    comment: str = Field(default="", max_length=2000, examples=["a truck passed"])


class ReviewOf(Comment):
    """A verdict on an event."""

    verdict: Literal["true", "false", "expected"] = Field(examples=["false"])
    join_normal: bool = Field(default=False, description="Whether the sound of a false event joins the normal set.")


class Shelving(Comment):
    """The time until which nobody is told of a machine, and the reason."""

    comment: str = Field(min_length=1, max_length=2000, description="The reason.", examples=["cleaning"])
    until: str = Field(max_length=100, description="A span from now on, or a time.", examples=["8h"])


class Arming(Comment):
    """Events that the shadow may hold, by which the rule is chosen; by default as the plant says."""

    sensitivity: int | None = Field(default=None, examples=[1])


class Done(BaseModel):
    """The machine that it was done to, and its event where it was about one."""

    machine: str = Field(examples=["pump 7"])
    event: str | None = Field(default=None, examples=["5a0c8c3f5a554f4f9d6a6b1f2f8f2a11"])
    promise: str | None = Field(default=None, description="After arming.", examples=[None])


def acts_api(plant: Plant) -> APIRouter:
    """Return the routes that change something."""
    router = APIRouter(tags=["watch"])
    _add_reviews(router, plant)
    _add_shelving(router, plant)
    _add_steps(router, plant)
    return router


def _add_reviews(router: APIRouter, plant: Plant) -> None:
    reviewing = [needs(Scope.review)]

    @router.post("/events/{event}/review", dependencies=reviewing)
    def review_event(event: _Event, body: ReviewOf, request: Request) -> Done:
        """Judge an event: true, false, or expected; the newest review counts."""
        decision = decision_of(request, _texts(body), plant)
        row = review(plant.store, plant.folder, event, body.verdict, decision, join_normal=body.join_normal)
        return Done(machine=row["machine"], event=row["event"])

    @router.post("/events/{event}/acknowledge", dependencies=reviewing)
    def acknowledge_event(event: _Event, body: Comment, request: Request) -> Done:
        """Say that somebody saw an event and looks after it."""
        row = acknowledge(plant.store, event, decision_of(request, _texts(body), plant))
        return Done(machine=row["machine"], event=row["event"])


def _add_shelving(router: APIRouter, plant: Plant) -> None:
    reviewing = [needs(Scope.review)]

    @router.post("/machines/{machine:path}/shelve", dependencies=reviewing)
    def shelve_machine(machine: _Machine, body: Shelving, request: Request) -> Done:
        """Let nobody be told of the events of a machine until a time; they are kept all the same."""
        decision = decision_of(request, _texts(body), plant)
        until = time_to_come(body.until, plant.settings.plant.zone, decision.at)
        shelve(plant.store, machine_named(plant.settings, machine), until, decision)
        return Done(machine=machine)

    @router.post("/machines/{machine:path}/unshelve", dependencies=reviewing)
    def unshelve_machine(machine: _Machine, body: Comment, request: Request) -> Done:
        """Let people be told again of the events of a machine."""
        unshelve(plant.store, machine_named(plant.settings, machine), decision_of(request, _texts(body), plant))
        return Done(machine=machine)


def _add_steps(router: APIRouter, plant: Plant) -> None:
    steering = [needs(Scope.admin)]

    @router.post("/machines/{machine:path}/arm", dependencies=steering)
    def arm_machine(machine: _Machine, body: Arming, request: Request) -> Done:
        """Arm a machine, before its shadow is over or with another sensitivity."""
        decision, settings = decision_of(request, _texts(body), plant), machine_named(plant.settings, machine)
        promised = arm(plant.store, settings, plant.folder, body.sensitivity, decision)
        return Done(machine=machine, promise=promised.sentence())

    @router.post("/machines/{machine:path}/{step}", dependencies=steering)
    def step_of_machine(
        machine: _Machine,
        step: Literal["learn", "shadow", "out-of-service", "in-service"],
        body: Comment,
        request: Request,
    ) -> Done:
        """Let a machine learn anew, begin a new shadow, or take it out of service and back."""
        decision, settings = decision_of(request, _texts(body), plant), machine_named(plant.settings, machine)
        if step == "learn":
            begin_learning(plant.store, settings, plant.folder, decision)
        elif step == "shadow":
            begin_shadow(plant.store, settings, plant.folder, decision)
        else:
            put_in_service(
                plant.store, settings, "out of service" if step == "out-of-service" else "in service", decision
            )
        return Done(machine=machine)


def _texts(body: Comment) -> dict[str, Any]:
    return {"by": body.by, "comment": body.comment}
