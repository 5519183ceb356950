"""The first phase of a machine: normal sound is collected as clips, and a model is fitted to them."""

from __future__ import annotations

from typing import Any, Literal

from offkey.audio import parse_channel
from offkey.errors import OffkeyError
from offkey.watch.acquisition.source import End, Item
from offkey.watch.findings import Findings
from offkey.watch.life.background_fit import BackgroundFit, Fitted
from offkey.watch.life.collector import Collector
from offkey.watch.life.normal_set import NormalSet
from offkey.watch.rows import Recording
from offkey.watch.settings import MachineSettings

__all__ = ["RATE", "Learning"]

RATE = 16_000
"""Sampling rate in Hz that a source converts to, where no model says another."""

_MOST, _FEWEST = 500, 20  # clips that are kept, spread over the whole time, and those that make a model
_LONGER = 1.1  # times as much sound is collected where a fit fails


class Learning:
    """Collects normal sound of a machine that has no model yet, or learns anew.

    All sound is cut into clips of 10 s and checked; of those that can be used five hundred are kept at most,
    spread over the time that was set. What cannot be used counts as no time.

    Parameters
    ----------
    settings : MachineSettings
        For how long, and which channel.
    normal : NormalSet
        Where the clips are kept; those that are there already count.
    since : float
        When the learning began, in seconds since 1970 UTC.
    """

    phase: Literal["learning"] = "learning"

    def __init__(self, settings: MachineSettings, normal: NormalSet, since: float) -> None:
        self.settings, self._channel = settings, parse_channel(settings.learn_channel)
        self.folder = normal.begin("learnt", since)
        self.new_model = self.folder.with_suffix(".offkey")
        self._needed_s = settings.learn_hours * 3600
        self._fit: BackgroundFit | None = None
        self._failed = ""
        self.collected = Collector(settings.name, self.folder, self._channel, over_s=self._needed_s, most=_MOST)

    @property
    def is_complete(self) -> bool:
        """Whether there is enough normal sound to fit a model."""
        return self.collected.collected_s >= self._needed_s and self.collected.clips >= _FEWEST

    @property
    def last_end(self) -> float | None:
        """The end of the newest clip, in seconds since 1970 UTC."""
        return self.collected.last_end

    @property
    def problem(self) -> str:
        """Why the newest clip could not be used, or no model could be fitted; empty if nothing is wrong."""
        return self.collected.problem or self._failed

    def fitted(self) -> Fitted | None:
        """Begin a fit where there is enough sound, and return what came of it, once.

        Raises
        ------
        OffkeyError
            If no model could be fitted; more is collected then.
        """
        if not self.is_complete:
            return None
        if self._fit is None:
            self._fit = BackgroundFit([self.folder], self.new_model, {"channel": self._channel})
        try:
            outcome = self._fit.outcome()
        except OffkeyError as error:
            self._fit, self._failed = None, str(error)
            self._needed_s = _LONGER * self.collected.collected_s
            raise
        if outcome is not None:
            self._fit = None
        return outcome

    def stage(self) -> str:
        """Say in words how far it is, and what could not be used."""
        found = self.collected
        if self._fit is not None:
            return f"learning, a model is being fitted to {found.clips} clips of normal sound"
        kinds = ", ".join(f"{count} {reason}" for reason, count in found.left_out.most_common())
        left_out = f"; {found.left_out.total()} clips were left out ({kinds})" if kinds else ""
        hours = f"{found.collected_s / 3600:.3g} of {self._needed_s / 3600:.3g} hours"
        return f"learning, {hours} of normal sound in {found.clips} clips{left_out}"

    def status(self) -> dict[str, Any]:
        """Return how far it is, as `learning` of `Monitor.status`."""
        return {
            "window_end": self.last_end,
            "learning": {
                "hours": self.collected.collected_s / 3600,
                "hours_wanted": self._needed_s / 3600,
                "clips": self.collected.clips,
                "left_out": dict(self.collected.left_out),
                "is_fitting": self._fit is not None,
            },
        }

    def feed(self, item: Item) -> Findings:
        """Take what came of the source next; return the recordings that were taken."""
        self.collected.feed(item)
        if not isinstance(item, End) or item.recording is None:
            return Findings()
        error = self.collected.problem or (None if item.is_whole else item.reason)
        return Findings(recordings=[Recording(self.settings.name, item.recording, error)])

    def settle(self) -> Findings:
        """Return what is not kept yet: nothing, since clips are written as they come."""
        return Findings()

    def stop(self, _at: float) -> Findings:
        """End a fit that goes on; the clips are kept already."""
        if self._fit is not None:
            self._fit.stop()
            self._fit = None
        return Findings()
