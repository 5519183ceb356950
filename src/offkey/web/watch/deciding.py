"""The decision of a visitor: by whom, when and why."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from offkey.watch.life.decision import Decision
from offkey.web.security import visitor_of
from offkey.web.watch.plant import Plant

__all__ = ["decision_of"]

_NOBODY_NAMED = "somebody in the browser"
_LONGEST = 2000


def decision_of(request: Request, form: Mapping[str, str], plant: Plant) -> Decision:
    """Return the decision that a form sends: by the name of the token, else by the name in the form."""
    by = visitor_of(request).name or form.get("by", "").strip()[:100] or _NOBODY_NAMED
    return Decision(plant.clock.utc(), by, form.get("comment", "").strip()[:_LONGEST])
