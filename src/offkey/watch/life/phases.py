"""The phase of a machine, which follows from the steps of its life as they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["OURSELVES", "Phase", "Standing", "armed_with", "digest_in", "standing"]

Phase: TypeAlias = Literal["learning", "shadow", "armed"]

OURSELVES = "offkey"
"""The name under which the monitor takes steps by itself."""


@dataclass(frozen=True)
class Standing:
    """The place of a machine in its life.

    Parameters
    ----------
    phase : {"learning", "shadow", "armed"}
        ``"shadow"`` also where the shadow is long enough to arm by itself, which its sound tells.
    since : float
        Sound from then on belongs to the phase, and to the shadow of an armed machine; in seconds since 1970 UTC.
    in_service : bool
        False while nobody is to listen, as during a repair.
    sensitivity : int or None
        Events that the shadow may hold, where a person chose others than the file of the plant says.
    """

    phase: Phase
    since: float = 0.0
    in_service: bool = True
    sensitivity: int | None = None


def standing(steps: Iterable[Mapping[str, Any]], *, model: str | None, wanted: int | None) -> Standing:
    """Return where a machine is in its life.

    Parameters
    ----------
    steps : iterable of mapping
        Rows of its life, the oldest first: `at`, `step` and `details`.
    model : str or None
        Digest of its model file; None where it has none yet.
    wanted : int or None
        Sensitivity in the file of the plant; None where that has none.

    Returns
    -------
    Standing
        Without a model it is learning, whatever the steps say, since 0 where that has not begun. A step that belongs to
        another model counts no more: with a new one a machine is neither learning nor armed.
    """
    found = Standing("shadow")
    for step in steps:
        found = _after(found, step, model, wanted)
    is_begun = found.phase == "learning" or model is not None
    return found if is_begun else Standing("learning", 0.0, found.in_service)


def armed_with(model_id: str, sensitivity: int | None, in_file: int | None, bound: float) -> dict[str, Any]:
    """Return the details of a step that arms a machine.

    `model_id`: by what model and hop are known.
    `sensitivity`: which a person chose; None where the file of the plant counts.
    `in_file`: the one in the file of the plant; where that is changed later, it counts.
    `bound`: false events a week that are promised at most.
    """
    return {"model": digest_in(model_id), "sensitivity": sensitivity, "in_file": in_file, "bound": bound}


def digest_in(model_id: str) -> str:
    """Return the digest of the model file, of what names model and hop."""
    return model_id.partition(" ")[0]


def _after(before: Standing, step: Mapping[str, Any], model: str | None, wanted: int | None) -> Standing:
    at, what, details = float(step["at"]), step["step"], step["details"]
    if what in ("out of service", "in service"):
        return Standing(before.phase, before.since, what == "in service", before.sensitivity)
    if what == "learning" and details.get("model") == model:
        return Standing("learning", at, before.in_service)
    if what in ("shadow", "promoted"):
        return Standing("shadow", at, before.in_service)
    if what == "armed" and details.get("model") == model:
        chosen = details.get("sensitivity") if details.get("in_file") == wanted else None
        return Standing("armed", before.since, before.in_service, chosen)
    return before
