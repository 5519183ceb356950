"""Findings of a piece of sound, stage by stage, which are kept in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

from offkey.watch.health.events import Change
from offkey.watch.minutes import Minute
from offkey.watch.rows import Clip, Explanation, HealthPoint, LifeStep, Message, Recording, StateChange

__all__ = ["Findings"]


@dataclass
class Findings:
    """Rows that are kept together, all of them or none."""

    changes: list[Change] = field(default_factory=list)
    minutes: list[Minute] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    states: list[StateChange] = field(default_factory=list)
    health: list[HealthPoint] = field(default_factory=list)
    explanations: list[Explanation] = field(default_factory=list)
    clips: list[Clip] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    steps: list[LifeStep] = field(default_factory=list)

    def __iadd__(self, other: Findings) -> Findings:
        for one in fields(self):
            getattr(self, one.name).extend(getattr(other, one.name))
        return self

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    @property
    def is_urgent(self) -> bool:
        """Whether it holds more than minutes and health, which may wait to be kept together."""
        return bool(self.split()[0])

    def split(self) -> tuple[Findings, Findings]:
        """Return what is urgent, and the minutes and the health, which may wait."""
        return replace(self, minutes=[], health=[]), Findings(minutes=self.minutes, health=self.health)
