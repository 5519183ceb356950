"""The record of a machine, from what is kept: false events beside the promise, and trends of its scores."""

from __future__ import annotations

import numpy as np

from offkey.decision.events import Ledger, Trend, trends
from offkey.watch.store.store import Store

__all__ = ["machine_ledger", "machine_trends"]

_DAY_S = 86_400.0
_BACK_S = 12 * 7 * _DAY_S  # over which trends are looked for
_HOURLY = 12 * 7 * 24
_MOST = 2000  # stretches by which the time with scores is counted


def machine_ledger(store: Store, machine: str, *, at: float) -> Ledger | None:
    """Return the ledger of a machine since it was armed last.

    Events that belong to a change of the surroundings count for none of its machines.

    Parameters
    ----------
    store : Store
        Holds events, reviews and the life of the machine.
    machine : str
        Its name.
    at : float
        Now, in seconds since 1970 UTC.

    Returns
    -------
    Ledger or None
        None where it is not armed, or nothing was scored since.
    """
    step = store.life.newest_steps().get(machine)
    if step is None or step["step"] != "armed" or step["details"].get("bound") is None:
        return None
    since = float(step["at"])
    rows = store.scores(machine, since, at, most=_MOST)
    days = sum(row["seconds"] for row in rows if row["windows"] > row["failed"]) / _DAY_S
    if not days:
        return None
    verdicts = store.event_rows.own(machine, since=since)
    reviews = [{"event": event, "verdict": verdict} for event, verdict in verdicts.items() if verdict is not None]
    return Ledger.of(verdicts, reviews, days=days, promise=step["details"]["bound"])


def machine_trends(store: Store, machine: str, *, at: float) -> list[Trend]:
    """Return the trends of the scores of a machine, as of `offkey.decision.events.trends`.

    Parameters
    ----------
    store, machine, at
        As of `machine_ledger`.

    Returns
    -------
    list of Trend
        Empty without enough sound.
    """
    rows = store.scores(machine, at - _BACK_S, at, most=_HOURLY)
    known = [row for row in rows if row["mean"] is not None]
    ends = np.array([min(row["at"] + row["seconds"], at) for row in known])
    return trends(ends, np.array([row["mean"] for row in known]), at)
