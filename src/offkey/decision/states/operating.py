"""Operating states of a machine, and how unusual a window is in its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from offkey.decision.calibration import MOST_SURPRISING, Calibration
from offkey.decision.states.clusters import Clusters
from offkey.decision.states.level_gate import level_gate

__all__ = ["OFF", "UNKNOWN", "OperatingStates", "State"]

OFF: Final = "off"
UNKNOWN: Final = "unknown"

_LEAST_S = 1200.0  # of normal sound in a state, below which nothing is known of it: 20 blocks of a minute
_FEWEST = 20  # windows in a state, below which its own calibration would rest on too little
_MOST_BEYOND = 0.1  # share of windows as surprising as can be, above which the model knows nothing of a state
_MOST_UNKNOWN = 0.5  # share of the sound; where more would not be judged, the shadow is too short to tell states
_FOLDS = 10  # stretches of the time of a state, of which each is calibrated by the others
_NOT_LEARNT = 3.0  # median surprise of a quiet mode that the model did not learn: a p-value of 0.05

_Calibrated: TypeAlias = "Callable[[Calibration, NDArray[np.float64]], NDArray[np.float64]]"


@dataclass(frozen=True)
class State:
    """An operating state.

    Parameters
    ----------
    name : str
        ``"off"``, ``"unknown"``, ``"running"`` where there is no other beside off, or ``"state 1"`` and so on from
        quiet to loud.
    share : float
        Share of the normal sound.
    level_db : float
        Median level in dB of full scale.
    is_judged : bool
        Whether windows can be unusual in it.
    calibration : Calibration, optional
        Surprises of its normal windows; None where surprises stay as they are.
    """

    name: str
    share: float
    level_db: float
    is_judged: bool
    calibration: Calibration | None = None


class OperatingStates:
    """The states that a machine had in normal sound: off below a level, and groups that stand clearly apart.

    A sound that none of the states had is judged in the nearest one that can be, since it may be a fault: what is not
    judged is what was there before.

    Parameters
    ----------
    states : sequence of State
        The state that is off first, where there is a gate; then one for each group of `clusters`.
    gate_db : float, optional
        The level below which the machine is off.
    clusters : Clusters, optional
        None where no states are known beside off.
    """

    def __init__(self, states: Sequence[State] = (), gate_db: float | None = None, clusters: Clusters | None = None):
        self.states, self.gate_db, self._clusters = list(states), gate_db, clusters
        groups = self.states[int(gate_db is not None) :]
        self._is_judged = np.array([state.is_judged for state in groups], bool)

    @classmethod
    def find(
        cls,
        sounds: ArrayLike,
        surprises: ArrayLike,
        *,
        hop_s: float,
        off_below_db: float | None = None,
        clusters: bool = True,
    ) -> Self:
        """Find the states in normal sound.

        Off is what lies below `off_below_db`. Without it, off is the lower of two well separated levels where the
        model did not learn it. Groups of other sounds become states where they stand clearly apart; one that was
        there for less than 20 minutes or 20 windows, or of which the model knows nothing, is ``"unknown"`` and not
        judged. Where that were most of the sound, no states are claimed.

        Parameters
        ----------
        sounds : array_like of float, shape (n_windows, n_dimensions)
            Level in dB, then what else describes the sound, such as bands in dB; in the order of time, NaN for a
            window without a score.
        surprises : array_like of float, shape (n_windows,)
            As of `Calibration.surprises`, NaN for a window without a score.
        hop_s : float
            Seconds from one window to the next.
        off_below_db : float, optional
            The level below which the machine is off.
        clusters : bool, default True
            Whether states are looked for beside off.

        Returns
        -------
        OperatingStates
            Without any state where nothing stands clearly apart.
        """
        rows, values = np.asarray(sounds, np.float64), np.asarray(surprises, np.float64)
        known = np.isfinite(rows).all(axis=1) & np.isfinite(values)
        rows, values = rows[known], values[known]
        if not len(rows):
            return cls()
        gate = off_below_db if off_below_db is not None else _unlearnt_gate(rows, values)
        is_on = rows[:, 0] >= (-np.inf if gate is None else gate)
        found = Clusters.find(rows[is_on]) if clusters and is_on.any() else None
        if found is not None and len(found.reaches) == 1:
            found = None
        running = rows[is_on], values[is_on]
        states = _states(*running, found, len(rows), hop_s)
        if sum(state.share for state in states if not state.is_judged) > _MOST_UNKNOWN * is_on.mean():
            found, states = None, _states(*running, None, len(rows), hop_s)
        if found is None and gate is None:
            return cls()
        if gate is not None:
            off = rows[~is_on, 0]
            states.insert(0, State(OFF, len(off) / len(rows), float(np.median(off)) if len(off) else gate, False))
        return cls(states, gate, found)

    def of(self, sounds: ArrayLike) -> NDArray[np.int64]:
        """Return the state of each window.

        Parameters
        ----------
        sounds : array_like of float, shape (n_windows, n_dimensions)
            As of `find`.

        Returns
        -------
        ndarray of int, shape (n_windows,)
            Indices of `states`; -1 where a window has no sound, or no states are known.
        """
        rows = np.asarray(sounds, np.float64)
        found = np.full(len(rows), -1)
        known = np.isfinite(rows).all(axis=1)
        if not self.states or not known.any():
            return found
        found[known] = self._groups(rows[known]) + int(self.gate_db is not None)
        if self.gate_db is not None:
            found[known & (rows[:, 0] < self.gate_db)] = 0
        return found

    def surprises(self, surprises: ArrayLike, of: ArrayLike) -> NDArray[np.float64]:
        """Return how unusual windows are, each in its own state.

        Parameters
        ----------
        surprises : array_like of float, shape (n_windows,)
            As of `Calibration.surprises`.
        of : array_like of int, shape (n_windows,)
            As of `of`.

        Returns
        -------
        ndarray of float, shape (n_windows,)
            NaN in a state that is not judged.
        """
        return self._each(surprises, of, Calibration.surprises)

    def held_out(self, surprises: ArrayLike, of: ArrayLike) -> NDArray[np.float64]:
        """Return how unusual the windows are in which the states were found, each beside other times of its state.

        Beside themselves none would lie beyond all others, as new ones do, and thresholds from them would be too low.
        So each tenth of the time of a state is calibrated by the rest of it: cross-conformal prediction (V. Vovk,
        "Cross-conformal predictors", Ann. Math. Artif. Intell. 74, 2015), with folds that are whole stretches of time,
        since windows that follow each other are alike (P. Burman, E. Chow & D. Nolan, "A cross-validatory method for
        dependent data", Biometrika 81(2), 1994).

        Parameters
        ----------
        surprises : array_like of float, shape (n_windows,)
            As given to `find`, in the order of time.
        of : array_like of int, shape (n_windows,)
            As of `of`.

        Returns
        -------
        ndarray of float, shape (n_windows,)
            NaN in a state that is not judged.
        """
        return self._each(surprises, of, _held_out)

    def _each(self, surprises: ArrayLike, of: ArrayLike, by: _Calibrated) -> NDArray[np.float64]:
        """Return surprises after each state that has a calibration made them its own."""
        values, found = np.asarray(surprises, np.float64).copy(), np.asarray(of)
        for number, state in enumerate(self.states):
            here = found == number
            if not here.any():
                continue
            if not state.is_judged:
                values[here] = np.nan
            elif state.calibration is not None:
                values[here] = by(state.calibration, values[here])
        return values

    def sentence(self) -> str:
        """Say in words which states are known.

        Returns
        -------
        str
            Such as "off below -52 dB (31 %), state 1 at -38 dB (52 %), state 2 at -30 dB (17 %)"; empty without any.
        """
        parts = []
        for state in self.states:
            where = f"below {self.gate_db:.0f} dB" if state.name == OFF else f"at {state.level_db:.0f} dB"
            parts.append(f"{state.name} {where} ({state.share:.2g})" + ("" if state.is_judged else ", not judged"))
        return "; ".join(parts)

    def _groups(self, rows: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the group of each window: one that is not judged only within its reach."""
        if self._clusters is None:
            return np.zeros(len(rows), np.int64)
        groups, distances = self._clusters.nearest(rows)
        is_new = ~self._is_judged[groups] & (distances > self._clusters.reaches[groups])
        if is_new.any() and self._is_judged.any():
            groups[is_new] = self._clusters.only(np.flatnonzero(self._is_judged)).nearest(rows[is_new])[0]
        return groups


def _held_out(calibration: Calibration, surprises: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how unusual the windows of a calibration are, each tenth of them beside the others."""
    known = np.flatnonzero(np.isfinite(surprises))
    if len(known) < 2 * _FOLDS:
        return calibration.surprises(surprises)
    found = np.full(len(surprises), np.nan)
    for fold in np.array_split(known, _FOLDS):
        others = surprises[np.setdiff1d(known, fold, assume_unique=True)]
        found[fold] = Calibration(others).surprises(surprises[fold])
    return found


def _unlearnt_gate(rows: NDArray[np.float64], surprises: NDArray[np.float64]) -> float | None:
    """Return a gate between two levels where the model did not learn the sound of the lower one."""
    gate = level_gate(rows[:, 0])
    if gate is None or np.median(surprises[rows[:, 0] < gate]) < _NOT_LEARNT:
        return None
    return gate


def _states(
    rows: NDArray[np.float64],
    surprises: NDArray[np.float64],
    clusters: Clusters | None,
    total: int,
    hop_s: float,
) -> list[State]:
    """Return the state of each group, named from quiet to loud; surprises stay as they are in the only one."""
    if clusters is None:
        level = float(np.median(rows[:, 0])) if len(rows) else 0.0
        return [State("running", len(rows) / total, level, True)]
    of = clusters.nearest(rows)[0]
    groups = range(len(clusters.reaches))
    members = [of == group for group in groups]
    levels = [float(np.median(rows[here, 0])) for here in members]
    judged = [
        group
        for group in groups
        if members[group].sum() >= max(_FEWEST, _LEAST_S / hop_s)
        and (surprises[members[group]] >= MOST_SURPRISING).mean() <= _MOST_BEYOND
    ]
    order = sorted(judged, key=levels.__getitem__)
    states = []
    for group in groups:
        share = float(members[group].sum() / total)
        if group not in judged:
            states.append(State(UNKNOWN, share, levels[group], False))
        elif len(judged) == 1:
            states.append(State("running", share, levels[group], True))
        else:
            name = f"state {order.index(group) + 1}"
            states.append(State(name, share, levels[group], True, Calibration(surprises[members[group]])))
    return states
