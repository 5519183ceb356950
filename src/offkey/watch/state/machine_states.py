"""The operating state of each window of a machine, and how long a machine has been in one that is not judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from offkey.decision.states import UNKNOWN, OperatingStates
from offkey.watch.scored_window import ScoredWindow

__all__ = ["MachineStates"]

_LONG_S = 86_400.0
_TIMES = 2.0  # as long as the longest stay in the shadow is not unusual yet


class MachineStates:
    """Puts windows into states, and says so where a machine stays for long in one that is not judged.

    Parameters
    ----------
    states : OperatingStates
        Of the shadow.
    of : ndarray of int, shape (n_windows,)
        State of each window of the shadow.
    hop_s : float
        Seconds from one window to the next.
    """

    def __init__(self, states: OperatingStates, of: NDArray[np.int64], hop_s: float) -> None:
        self._states = states
        unjudged = [number for number, state in enumerate(states.states) if not state.is_judged]
        self._longest_s = _longest(np.isin(of, unjudged)) * hop_s
        self._since: float | None = None
        self._is_noted = False
        self.note: str | None = None

    def judge(self, window: ScoredWindow) -> ScoredWindow:
        """Return a window with its state, and with its surprise as of that.

        Parameters
        ----------
        window : ScoredWindow
            As the model scored it.

        Returns
        -------
        ScoredWindow
            Without a surprise in a state that is not judged. `note` is a sentence where it has lasted too long with
            this window, else None.
        """
        self.note = None
        if not window.sound or not self._states.states:
            return window
        of = self._states.of([window.sound])
        if of[0] < 0:
            return window
        state = self._states.states[of[0]]
        surprise = float(self._states.surprises([window.surprise], of)[0])
        self._watch_stay(window, state.name, is_judged=state.is_judged)
        return replace(window, state=state.name, surprise=surprise)

    def _watch_stay(self, window: ScoredWindow, name: str, *, is_judged: bool) -> None:
        if is_judged:
            self._since, self._is_noted = None, False
            return
        if self._since is None:
            self._since = window.start
        lasts_s = window.end - self._since
        if self._is_noted or lasts_s < max(_LONG_S, _TIMES * self._longest_s):
            return
        self._is_noted = True
        where = "in a state that is hardly known" if name == UNKNOWN else name
        self.note = (
            f"It has been {where} for {lasts_s / 3600:.0f} hours, and for {self._longest_s / 3600:.2g} hours at the "
            "longest in the shadow. Nothing is judged meanwhile."
        )


def _longest(inside: NDArray[np.bool_]) -> int:
    """Return the length of the longest run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))
