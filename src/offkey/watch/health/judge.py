"""The decisions on one machine, from its shadow: states, events, level and health index."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from offkey.decision.events import HealthIndex, Level, Sensitivity, Shadow, duration, rounded
from offkey.decision.states import OperatingStates
from offkey.watch.health.events import Change, MachineEvents
from offkey.watch.scored_window import ScoredWindow
from offkey.watch.state.machine_states import MachineStates

__all__ = ["DEFAULT_ALLOWED", "Judged", "MachineJudge", "Wanted"]

DEFAULT_ALLOWED = 1
"""Events that the shadow may hold where neither a sensitivity nor a budget is given."""


@dataclass(frozen=True)
class Wanted:
    """The way in which a machine is to be judged.

    Parameters
    ----------
    allowed : int, optional
        Events that the shadow may hold; wins over a budget.
    per_week : float, optional
        False events a week that it may have at most: its share of the budget of the plant.
    off_below_db : float, optional
        The level below which it is off; by default found in the shadow.
    find_states : bool, default True
        Whether states are looked for beside off.
    """

    allowed: int | None = None
    per_week: float | None = None
    off_below_db: float | None = None
    find_states: bool = True


@dataclass(frozen=True)
class Judged:
    """A window with its state, and what is new with it.

    `window`: with the surprise as of its state; NaN where that is not judged.
    `changes`: of events.
    `note`: a sentence that a person should read, and that is no alarm.
    """

    window: ScoredWindow
    changes: list[Change] = field(default_factory=list)
    note: str | None = None


class MachineJudge:
    """Judges the windows of one machine by what its shadow held.

    Parameters
    ----------
    machine, model : str
        As in `Change`.
    surprises : array_like of float, shape (n_windows,)
        Of the shadow, in the order of time; NaN for a window without a score.
    sounds : array_like of float, shape (n_windows, n_dimensions)
        Of the same windows, as `ScoredWindow.sound`; NaN where it is not known. No states are looked for where less
        than half are known.
    hop_s : float
        Seconds from one window to the next.
    wanted : Wanted, optional
        By default a sensitivity of one event in the shadow, and states as they are found.

    Attributes
    ----------
    states : OperatingStates
        Found in the shadow.
    shadow : Shadow
        Of the windows that are judged.
    sensitivity : Sensitivity
        The rule that was chosen, and what it promises.
    events : MachineEvents
        What goes on.

    Raises
    ------
    ParameterError
        If the shadow is too short to promise anything.
    """

    def __init__(
        self,
        machine: str,
        model: str,
        surprises: ArrayLike,
        sounds: ArrayLike = (),
        *,
        hop_s: float,
        wanted: Wanted | None = None,
    ) -> None:
        values, rows = np.asarray(surprises, np.float64), np.asarray(sounds, np.float64)
        self._wanted = wanted or Wanted()
        self.states = self._find_states(values, rows, hop_s)
        of = self.states.of(rows) if self.states.states else np.full(len(values), -1)
        self._states = MachineStates(self.states, of, hop_s)
        self.shadow = Shadow(self.states.held_out(values, of), hop_s=hop_s)
        self.sensitivity, self._shortage = self._choose()
        self.events = MachineEvents(machine, model, self.sensitivity.rule, self.shadow.blocks)
        self._index = HealthIndex(self.shadow.blocks, self.shadow.block * hop_s)
        self._blocks = 0

    @property
    def level(self) -> Level:
        """As of `MachineEvents.level`."""
        return self.events.level

    @property
    def health(self) -> HealthIndex:
        """The health index, of the last day."""
        return self._index

    def sentence(self) -> str:
        """Say in words what is promised, whether that keeps the budget, and which states are known."""
        parts = [self.sensitivity.sentence(), self._shortage, self.states.sentence()]
        return "; ".join(part for part in parts if part)

    def feed(self, window: ScoredWindow) -> Judged:
        """Take the next window.

        Parameters
        ----------
        window : ScoredWindow
            As the model scored it.

        Returns
        -------
        Judged
        """
        judged = self._states.judge(window)
        changes = self.events.feed(judged)
        if self.events.blocks > self._blocks:
            self._blocks = self.events.blocks
            self._index.feed(window.end, self.events.newest_mean)
        return Judged(judged, changes, self._states.note)

    def _find_states(self, surprises: np.ndarray, sounds: np.ndarray, hop_s: float) -> OperatingStates:
        wanted = self._wanted
        if wanted.off_below_db is None and not wanted.find_states:
            return OperatingStates()
        known = np.isfinite(sounds).all(axis=1).sum() if sounds.ndim == 2 else 0
        if 2 * known < np.isfinite(surprises).sum() or not known:
            return OperatingStates()
        return OperatingStates.find(
            sounds, surprises, hop_s=hop_s, off_below_db=wanted.off_below_db, clusters=wanted.find_states
        )

    def _choose(self) -> tuple[Sensitivity, str]:
        """Return the sensitivity, and a sentence where it does not keep the budget."""
        shadow, wanted = self.shadow, self._wanted
        if wanted.allowed is not None or wanted.per_week is None:
            return shadow.sensitivity(DEFAULT_ALLOWED if wanted.allowed is None else wanted.allowed), ""
        chosen = shadow.within(wanted.per_week)
        if chosen is not None:
            return chosen, ""
        days = shadow.days_more(wanted.per_week)
        return shadow.sensitivity(0), (
            f"its share of the budget is {rounded(wanted.per_week)} a week, which {duration(days)} more of shadow "
            "would keep"
        )
