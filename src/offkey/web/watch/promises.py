"""Promises of each machine beside the false events that were found; the worst first."""

from __future__ import annotations

from dataclasses import dataclass

from offkey.decision.events import Ledger
from offkey.watch.life.record import machine_ledger
from offkey.web.watch.plant import Plant

__all__ = ["Promised", "promises_of"]

_LEDGER_S = 600.0  # for which ledgers are kept


@dataclass(frozen=True)
class Promised:
    """A machine, the sentence of its promise, and its ledger; None where there is none yet."""

    machine: str
    promise: str | None
    ledger: Ledger | None

    @property
    def urgency(self) -> tuple[int, float, str]:
        """By which they are sorted: broken promises, then false events found, then promises alone, then none."""
        if self.ledger is None:
            return (2 if self.promise else 3), 0.0, self.machine
        return (0 if self.ledger.is_broken else 1), -self.ledger.rate.per_week, self.machine


def promises_of(plant: Plant) -> list[Promised]:
    """Return the machines of a plant with what was promised of them, the worst first."""

    def ledgers() -> dict[str, Ledger | None]:
        now = plant.clock.utc()
        return {machine.name: machine_ledger(plant.store, machine.name, at=now) for machine in plant.settings.machine}

    found = plant.recent("ledgers", _LEDGER_S, ledgers)
    rows = [Promised(row["machine"], row["promise"], found.get(row["machine"])) for row in plant.rows()]
    return sorted(rows, key=lambda one: one.urgency)
