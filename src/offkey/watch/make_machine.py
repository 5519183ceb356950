"""A machine as its settings, its model file and the steps of its life make it: learning, or scored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from offkey.audio.channel import channels_of
from offkey.model import Model
from offkey.watch.acquisition.source import Item
from offkey.watch.findings import Findings
from offkey.watch.life.collector import CLIP_S, Collector
from offkey.watch.life.learning import RATE, Learning
from offkey.watch.life.normal_set import NormalSet
from offkey.watch.life.phases import OURSELVES, standing
from offkey.watch.machine import WatchedMachine
from offkey.watch.machine_model import load_model, model_digest
from offkey.watch.rows import LifeStep
from offkey.watch.settings import MachineSettings
from offkey.watch.store.store import Store

__all__ = ["Made", "Stage", "make_machine"]

Stage: TypeAlias = WatchedMachine | Learning
"""Either takes the sound of one: each has `feed`, `stop`, `stage`, `status`, `phase`, `last_end` and `problem`."""

_DAY_S = 86_400.0
_MOST = 50  # clips of a shadow
_FRESH_HOPS = 3  # a machine whose newest window is older is not listened to


@dataclass(frozen=True)
class Made:
    """A machine, ready to take sound.

    `rate`: sampling rate in Hz that its source should have.
    `slack_s`: seconds after which a window should have come: three hops and a window.
    `clips`: keeps some sound of a shadow, from which and on which a later model is made and tried.
    `digest`: of its model file; None where there was none.
    """

    machine: Stage
    rate: int
    slack_s: float
    in_service: bool
    clips: Collector | None = None
    digest: str | None = None

    @property
    def channels(self) -> list[int]:
        """The channels of the source that it listens to; empty for all."""
        return channels_of(self.machine.model.config.channel) if isinstance(self.machine, WatchedMachine) else []

    def feed(self, item: Item) -> Findings:
        """Take what came of the source next; return what is to be kept."""
        if self.clips is not None and self.machine.phase == "shadow":
            self.clips.feed(item)
        return self.machine.feed(item)


def make_machine(settings: MachineSettings, folder: Path, store: Store, now: float) -> Made:
    """Return a machine where it is in its life; the begin of its first learning is kept as a step.

    `folder`: where relative paths start.
    `now`: in seconds since 1970 UTC.
    """
    digest = model_digest(settings, folder)
    found = standing(store.life.steps(settings.name), model=digest, wanted=settings.sensitivity)
    if found.phase == "learning":
        since = found.since or now
        if not found.since:
            store.add(LifeStep(settings.name, since, "learning", OURSELVES, "there is no model yet", {"model": None}))
        learning = Learning(settings, NormalSet(folder, settings.name), since)
        return Made(learning, RATE, (_FRESH_HOPS + 1) * CLIP_S, found.in_service, digest=digest)
    model, model_id = load_model(settings, folder)
    shadow = store.shadow(settings.name, model_id, since=found.since)
    machine = WatchedMachine(settings, model, model_id, shadow, found)
    cut = model.windowing
    return Made(
        machine,
        model.rate,
        _FRESH_HOPS * cut.hop_s + cut.window_s,
        found.in_service,
        _shadow_clips(settings, folder, model, found.since) if machine.phase == "shadow" else None,
        digest,
    )


def _shadow_clips(settings: MachineSettings, folder: Path, model: Model, since: float) -> Collector:
    kept = NormalSet(folder, settings.name).begin("shadow", since)
    return Collector(settings.name, kept, model.config.channel, over_s=settings.shadow_days * _DAY_S, most=_MOST)
