"""One watched machine: in its shadow until enough normal sound was listened to, and armed from then on."""

from __future__ import annotations

import hashlib
import math
from array import array
from pathlib import Path
from typing import Any

import numpy as np

from offkey.decision.events import Sensitivity, Shadow
from offkey.errors import AudioError, OffkeyError, ParameterError
from offkey.features.overlapping import whole_frames_s
from offkey.model import Model, load
from offkey.watch.acquisition.source import End, Item
from offkey.watch.features import StreamScores
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change, MachineEvents
from offkey.watch.life.phases import OURSELVES, Standing, armed_with
from offkey.watch.minutes import Minutes
from offkey.watch.rows import LifeStep, Recording
from offkey.watch.scored_window import ScoredWindow
from offkey.watch.settings import MachineSettings

__all__ = ["WatchedMachine", "load_model", "model_digest", "with_hop"]

_DAY_S = 86_400.0
_LEAST_HOP_S = 0.1
_LONGER = 1.1  # times as much sound is waited for where a shadow is too short to promise anything
_IN_SHADOW = Standing("shadow")


def model_digest(settings: MachineSettings, folder: Path) -> str | None:
    """Return a digest of the model file of a machine, None where there is none yet.

    `folder`: where relative paths start.
    """
    path = folder / settings.model
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OffkeyError(f"The model {path} cannot be read: {error.strerror or error}.") from error


def load_model(settings: MachineSettings, folder: Path) -> tuple[Model, str]:
    """Load the model of a machine, and say by what it is known: its file and its hop.

    `folder`: where relative paths start.
    """
    path = folder / settings.model
    digest = model_digest(settings, folder)
    if digest is None:
        raise OffkeyError(f"The model {path} is not there.")
    model = with_hop(load(path), settings.hop_s)
    return model, f"{digest} every {model.windowing.hop_s:g} s"


def with_hop(model: Model, hop_s: float | None) -> Model:
    """Return a model with a hop in seconds, by default its own, which is cut to whole frames where windows overlap.

    Windows then share their frames, and each frame of the sound is computed once.
    """
    cut = model.windowing
    hop_s = cut.hop_s if hop_s is None else hop_s
    if hop_s < cut.window_s:
        hop_s = whole_frames_s(hop_s, model.rate, least_s=_LEAST_HOP_S)
    return model.with_windowing(None, hop_s)


class WatchedMachine:
    """Scores, minutes and events of a machine.

    Parameters
    ----------
    settings : MachineSettings
        What was asked for.
    model : Model
        Its model, with the hop that was asked for.
    model_id : str
        By what model and hop are known, as of `load_model`.
    surprises : bytes
        The shadow so far as the store keeps it, empty at first.
    standing : Standing
        Where it is in its life; by default in the shadow, to which all sound belongs.
    """

    def __init__(
        self,
        settings: MachineSettings,
        model: Model,
        model_id: str,
        surprises: bytes = b"",
        standing: Standing = _IN_SHADOW,
    ) -> None:
        self.settings, self._model_id, self._hop_s = settings, model_id, model.windowing.hop_s
        self.model = model
        self._since = standing.since
        self._allowed = settings.sensitivity if standing.sensitivity is None else standing.sensitivity
        self._scores = StreamScores(model, settings.name)
        self._minutes = Minutes(settings.name, model_id)
        self._shadow = array("f", surprises)
        self._heard = int(np.isfinite(self._shadow).sum())  # windows of the shadow that have a score
        self._needed = settings.shadow_days * _DAY_S / self._hop_s  # windows
        self.events: MachineEvents | None = None
        self.sensitivity: Sensitivity | None = None
        self.last_window: ScoredWindow | None = None
        self.new_windows: list[ScoredWindow] = []
        """Windows that came with the newest item."""
        self.problem = ""
        if standing.phase == "armed" or self._heard >= self._needed:
            self._choose_rule()

    @property
    def phase(self) -> str:
        """The phase of its life: ``"shadow"`` or ``"armed"``."""
        return "shadow" if self.events is None else "armed"

    @property
    def shadow_days(self) -> float:
        """Days of sound that the shadow holds; silence and gaps are none."""
        return self._heard * self._hop_s / _DAY_S

    def stage(self) -> str:
        """Say in words where it is in its life, and what is promised from then on."""
        if self.sensitivity is None:
            days = f"{self.shadow_days:.3g} of {self.settings.shadow_days:.3g} days"
            return f"in the shadow, {days}; events are not told yet"
        return f"armed; {self.sensitivity.sentence()}"

    @property
    def last_end(self) -> float | None:
        """The end of the newest window, in seconds since 1970 UTC."""
        return None if self.last_window is None else self.last_window.end

    def status(self) -> dict[str, Any]:
        """Return how it is doing, as `Monitor.status` describes it."""
        known = self.last_window if self.last_window is not None and not self.last_window.error else None
        return {
            "shadow_days": self.shadow_days,
            "shadow_days_wanted": self.settings.shadow_days,
            "promise": None if self.sensitivity is None else self.sensitivity.sentence(),
            "event": self.events is not None and self.events.event is not None,
            "level": None if self.events is None else self.events.level,
            "score": None if known is None else known.score,
            "p_value": None if known is None else known.p_value,
            "window_end": self.last_end,
        }

    def resume(self, event: Change) -> bool:
        """Go on with an event that was left open; return whether that can be, as by the same model."""
        if self.events is None or event.model != self._model_id or self.events.event is not None:
            return False
        self.events.resume(event)
        return True

    def feed(self, item: Item) -> Findings:
        """Take what came of the source next; return what is to be kept."""
        findings = Findings()
        error = item.reason if isinstance(item, End) and not item.is_whole else None
        try:
            windows = self._scores.feed(item)
        except AudioError as unusable:
            windows, self.problem = [], str(unusable)
        self.new_windows = windows
        for window in windows:
            findings += self._take(window)
        event = None if self.events is None else self.events.event
        self._scores.hold_noise(None if event is None else event.began)
        if isinstance(item, End) and item.recording is not None:
            findings.recordings.append(Recording(self.settings.name, item.recording, error or self.problem or None))
            self.problem = ""
        return findings

    def settle(self) -> Findings:
        """Return what is scored and not kept yet, so that all of the shadow can be read from the store."""
        findings = Findings()
        for window in self._scores.release():
            findings += self._take(window)
        minute = self._minutes.close(in_shadow=self.events is None)
        findings.minutes += [] if minute is None else [minute]
        return findings

    def stop(self, at: float) -> Findings:
        """Return what is left to be kept when nobody listens any more."""
        findings = self.settle()
        findings.changes += [] if self.events is None else self.events.stop(at)
        return findings

    def _take(self, window: ScoredWindow) -> Findings:
        self.last_window, self.problem = window, window.error or ""
        in_shadow = self.events is None and window.start >= self._since
        findings = Findings([] if self.events is None else self.events.feed(window))
        if (minute := self._minutes.feed(window, in_shadow=in_shadow)) is not None:
            findings.minutes.append(minute)
        if in_shadow:
            self._shadow.append(window.surprise)
            self._heard += math.isfinite(window.surprise)
            if self._heard >= self._needed and self._choose_rule():
                findings += self._armed(window.end)
        return findings

    def _armed(self, at: float) -> Findings:
        """Return the end of the shadow: its last minute, and the step that is kept of it."""
        minute = self._minutes.close(in_shadow=True)
        promise = "" if self.sensitivity is None else self.sensitivity.sentence()
        details = armed_with(self._model_id, self._allowed, self.settings.sensitivity)
        step = LifeStep(self.settings.name, at, "armed", OURSELVES, promise, details)
        return Findings(minutes=[] if minute is None else [minute], steps=[step])

    def _choose_rule(self) -> bool:
        """Count rule and promise from the shadow; return False, and listen on, where it can promise nothing."""
        try:
            shadow = Shadow(np.array(self._shadow), hop_s=self._hop_s)
            chosen = shadow.sensitivity(self._allowed)
        except ParameterError:
            self._needed = max(self._needed, _LONGER * self._heard)
            return False
        self.sensitivity = chosen
        self.events = MachineEvents(self.settings.name, self._model_id, chosen.rule, shadow.blocks)
        return True
