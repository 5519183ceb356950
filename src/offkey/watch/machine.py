"""One watched machine: in its shadow until enough normal sound was listened to, and armed from then on."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from offkey.decision.events import Sensitivity, duration
from offkey.errors import AudioError, ParameterError
from offkey.model import Model
from offkey.watch.acquisition.source import End, Item
from offkey.watch.features import StreamScores
from offkey.watch.findings import Findings
from offkey.watch.health.events import Change
from offkey.watch.health.judge import Judged, MachineJudge, Wanted
from offkey.watch.life.phases import OURSELVES, Standing, armed_with
from offkey.watch.minutes import Minute, Minutes
from offkey.watch.rows import HealthPoint, LifeStep, Recording, StateChange
from offkey.watch.scored_window import ScoredWindow
from offkey.watch.settings import MachineSettings
from offkey.watch.state.shadow_rows import ShadowRows

__all__ = ["WatchedMachine", "judge_of"]

_DAY_S = 86_400.0
_HEALTH_S = 600.0  # from one row of health to the next
_LONGER = 1.1  # times as much sound is waited for where a shadow is too short to promise anything
_IN_SHADOW = Standing("shadow")


def judge_of(
    settings: MachineSettings, model_id: str, shadow: ShadowRows, *, hop_s: float, allowed: int | None = None
) -> MachineJudge:
    """Return the judge that a machine gets from its shadow.

    `allowed`: events that the shadow may hold; by default as the settings say.

    Raises
    ------
    ParameterError
        If the shadow is too short to promise anything.
    """
    wanted = Wanted(
        settings.sensitivity if allowed is None else allowed,
        settings.alarms_per_week,
        settings.off_below_db,
        settings.find_states,
    )
    return MachineJudge(settings.name, model_id, shadow.surprises(), shadow.sounds(), hop_s=hop_s, wanted=wanted)


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
    shadow : ShadowRows, optional
        The shadow so far as the store keeps it, empty at first.
    standing : Standing
        Where it is in its life; by default in the shadow, to which all sound belongs.
    """

    def __init__(
        self,
        settings: MachineSettings,
        model: Model,
        model_id: str,
        shadow: ShadowRows | None = None,
        standing: Standing = _IN_SHADOW,
    ) -> None:
        self.settings, self._model_id, self._hop_s = settings, model_id, model.windowing.hop_s
        self.model = model
        self._since = standing.since
        self._allowed = settings.sensitivity if standing.sensitivity is None else standing.sensitivity
        self._scores = StreamScores(model, settings.name)
        self._minutes = Minutes(settings.name, model_id)
        self._shadow = shadow or ShadowRows()
        self._heard = int(np.isfinite(self._shadow.surprises()).sum())  # windows of the shadow that have a score
        self._needed = settings.shadow_days * _DAY_S / self._hop_s  # windows
        self._judge: MachineJudge | None = None
        self._health_at = -math.inf
        self.last_window: ScoredWindow | None = None
        self.new_windows: list[ScoredWindow] = []
        """Windows that came with the newest item."""
        self.problem = ""
        if standing.phase == "armed" or self._heard >= self._needed:
            self._choose_rule()

    @property
    def phase(self) -> str:
        """The phase of its life: ``"shadow"`` or ``"armed"``."""
        return "shadow" if self._judge is None else "armed"

    @property
    def event(self) -> Change | None:
        """The newest change of the event that goes on; None without one."""
        return None if self._judge is None else self._judge.events.event

    @property
    def is_judged(self) -> bool:
        """Whether it is armed, and its newest window can be unusual: it is neither off nor without a score."""
        return self._judge is not None and self.last_window is not None and math.isfinite(self.last_window.surprise)

    @property
    def shift(self) -> float | None:
        """As of `HealthIndex.shift`; None in the shadow."""
        return None if self._judge is None else self._judge.health.shift

    @property
    def sensitivity(self) -> Sensitivity | None:
        """The rule that was chosen, and what it promises; None in the shadow."""
        return None if self._judge is None else self._judge.sensitivity

    @property
    def shadow_days(self) -> float:
        """Days of sound that the shadow holds; silence and gaps are none."""
        return self._heard * self._hop_s / _DAY_S

    def stage(self) -> str:
        """Say in words where it is in its life, and what is promised from then on."""
        if self._judge is None:
            heard, wanted = duration(self.shadow_days), duration(self.settings.shadow_days)
            return f"in the shadow, {heard} of {wanted}; events are not told yet"
        return f"armed; {self._judge.sentence()}"

    @property
    def last_end(self) -> float | None:
        """The end of the newest window, in seconds since 1970 UTC."""
        return None if self.last_window is None else self.last_window.end

    def status(self) -> dict[str, Any]:
        """Return how it is doing, as `Monitor.status` describes it."""
        known = self.last_window if self.last_window is not None and not self.last_window.error else None
        judge = self._judge
        return {
            "shadow_days": self.shadow_days,
            "shadow_days_wanted": self.settings.shadow_days,
            "promise": None if judge is None else judge.sensitivity.sentence(),
            "event": self.event is not None,
            "level": None if judge is None else judge.level,
            "index": None if judge is None else judge.health.value,
            "state": None if known is None else known.state,
            "score": None if known is None else known.score,
            "p_value": None if known is None else known.p_value,
            "window_end": self.last_end,
        }

    def resume(self, event: Change) -> bool:
        """Go on with an event that was left open; return whether that can be, as by the same model."""
        if self._judge is None or event.model != self._model_id or self.event is not None:
            return False
        self._judge.events.resume(event)
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
        self._scores.hold_noise(None if self.event is None else self.event.began)
        if isinstance(item, End) and item.recording is not None:
            findings.recordings.append(Recording(self.settings.name, item.recording, error or self.problem or None))
            self.problem = ""
        return findings

    def settle(self) -> Findings:
        """Return what is scored and not kept yet, so that all of the shadow can be read from the store."""
        findings = Findings()
        for window in self._scores.release():
            findings += self._take(window)
        findings += self._kept(self._minutes.close(in_shadow=self._judge is None))
        return findings

    def stop(self, at: float) -> Findings:
        """Return what is left to be kept when nobody listens any more."""
        findings = self.settle()
        findings.changes += [] if self._judge is None else self._judge.events.stop(at)
        return findings

    def _take(self, window: ScoredWindow) -> Findings:
        self.problem = window.error or ""
        in_shadow = self._judge is None and window.start >= self._since
        findings, self.last_window = Findings(), window
        if self._judge is not None:
            judged = self._judge.feed(window)
            findings, self.last_window = self._judged(judged, self._judge), judged.window
        findings += self._kept(self._minutes.feed(self.last_window, in_shadow=in_shadow))
        if in_shadow:
            self._heard += math.isfinite(window.surprise)
            if self._heard >= self._needed:
                findings += self._kept(self._minutes.close(in_shadow=True))
                if self._choose_rule() and self._judge is not None:
                    findings.steps.append(self._armed(self._judge, window.end))
        return findings

    def _judged(self, judged: Judged, judge: MachineJudge) -> Findings:
        """Return what is new with a window, and the health every ten minutes."""
        name, at = self.settings.name, judged.window.end
        findings = Findings(judged.changes)
        if judged.note is not None:
            findings.states.append(StateChange(name, at, "note", judged.note))
        if at - self._health_at >= _HEALTH_S:
            self._health_at = at
            index = math.nan if judge.health.value is None else judge.health.value
            findings.health.append(HealthPoint(name, at, index, judge.level, judge.health.days))
        return findings

    def _kept(self, minute: Minute | None) -> Findings:
        """Return a minute that is over; that of a shadow is held for the rule."""
        if minute is None:
            return Findings()
        if self._judge is None and minute.surprises is not None:
            self._shadow.add(minute.surprises, minute.sounds)
        return Findings(minutes=[minute])

    def _armed(self, judge: MachineJudge, at: float) -> LifeStep:
        """Return the step with which the shadow ends."""
        bound = judge.sensitivity.bound()
        details = armed_with(self._model_id, self._allowed, self.settings.sensitivity, bound)
        return LifeStep(self.settings.name, at, "armed", OURSELVES, judge.sentence(), details)

    def _choose_rule(self) -> bool:
        """Count rule and promise from the shadow; return False, and listen on, where it can promise nothing."""
        try:
            self._judge = judge_of(
                self.settings, self._model_id, self._shadow, hop_s=self._hop_s, allowed=self._allowed
            )
        except ParameterError:
            self._needed = max(self._needed, _LONGER * self._heard)
            return False
        self._shadow = ShadowRows()
        return True
