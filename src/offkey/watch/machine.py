"""One watched machine: in its shadow until enough normal sound was listened to, and armed from then on."""

from __future__ import annotations

import hashlib
import math
from array import array
from pathlib import Path

import numpy as np

from offkey.decision.events import Sensitivity, Shadow
from offkey.errors import AudioError, OffkeyError, ParameterError
from offkey.model import Model, load
from offkey.watch.acquisition.source import End, Item
from offkey.watch.features import ScoredWindow, StreamScores
from offkey.watch.findings import Findings
from offkey.watch.health.events import MachineEvents
from offkey.watch.minutes import Minutes
from offkey.watch.rows import Recording
from offkey.watch.settings import MachineSettings

__all__ = ["WatchedMachine", "load_model"]

_DAY_S = 86_400.0
_LONGER = 1.1  # times as much sound is waited for where a shadow is too short to promise anything


def load_model(settings: MachineSettings, folder: Path) -> tuple[Model, str]:
    """Load the model of a machine, and say by what it is known: its file and its hop.

    `folder`: where relative paths start.
    """
    path = folder / settings.model
    try:
        model, content = load(path), path.read_bytes()
    except OSError as error:
        raise OffkeyError(f"The model {path} cannot be read: {error.strerror or error}.") from error
    if settings.hop_s is not None:
        model = model.with_windowing(None, settings.hop_s)
    return model, f"{hashlib.sha256(content).hexdigest()[:16]} every {model.windowing.hop_s:g} s"


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
    """

    def __init__(self, settings: MachineSettings, model: Model, model_id: str, surprises: bytes = b"") -> None:
        self.settings, self._model_id, self._hop_s = settings, model_id, model.windowing.hop_s
        self._scores = StreamScores(model, settings.name)
        self._minutes = Minutes(settings.name, model_id)
        self._shadow = array("f", surprises)
        self._heard = int(np.isfinite(self._shadow).sum())  # windows of the shadow that have a score
        self._needed = settings.shadow_days * _DAY_S / self._hop_s  # windows
        self.events: MachineEvents | None = None
        self.sensitivity: Sensitivity | None = None
        self.last_window: ScoredWindow | None = None
        self.problem = ""
        self._arm()

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

    def feed(self, item: Item) -> Findings:
        """Take what came of the source next; return what is to be kept."""
        findings = Findings()
        error = item.reason if isinstance(item, End) and not item.is_whole else None
        try:
            windows = self._scores.feed(item)
        except AudioError as unusable:
            windows, self.problem = [], str(unusable)
        for window in windows:
            findings += self._take(window)
        if isinstance(item, End) and item.recording is not None:
            findings.recordings.append(Recording(self.settings.name, item.recording, error or self.problem or None))
            self.problem = ""
        return findings

    def stop(self, at: float) -> Findings:
        """Return what is left to be kept when nobody listens any more."""
        minute = self._minutes.close(in_shadow=self.events is None)
        return Findings([] if self.events is None else self.events.stop(at), [] if minute is None else [minute])

    def _take(self, window: ScoredWindow) -> Findings:
        self.last_window, self.problem = window, window.error or ""
        in_shadow = self.events is None
        findings = Findings([] if self.events is None else self.events.feed(window))
        if (minute := self._minutes.feed(window, in_shadow=in_shadow)) is not None:
            findings.minutes.append(minute)
        if in_shadow:
            self._shadow.append(window.surprise)
            self._heard += math.isfinite(window.surprise)
            self._arm()
            if self.events is not None and (minute := self._minutes.close(in_shadow=True)) is not None:
                findings.minutes.append(minute)
        return findings

    def _arm(self) -> None:
        """Choose the rule where the shadow is long enough; where it can promise nothing, listen on."""
        if self._heard < self._needed:
            return
        try:
            shadow = Shadow(np.array(self._shadow), hop_s=self._hop_s)
            chosen = shadow.sensitivity(self.settings.sensitivity)
        except ParameterError:
            self._needed = _LONGER * self._heard
            return
        self.sensitivity = chosen
        self.events = MachineEvents(self.settings.name, self._model_id, chosen.rule, shadow.blocks)
