"""The first phase of a machine: normal sound is collected as clips, and a model is fitted to them."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import numpy as np

from offkey.audio import parse_channel
from offkey.audio.channel import Samples, one_channel
from offkey.audio.gate import SilenceError, check_samples
from offkey.errors import AudioError, OffkeyError
from offkey.watch.acquisition.quality import is_clipped
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item
from offkey.watch.findings import Findings
from offkey.watch.life.background_fit import BackgroundFit, Fitted
from offkey.watch.life.normal_set import NormalSet, write_clip
from offkey.watch.rows import Recording
from offkey.watch.settings import MachineSettings

__all__ = ["RATE", "Learning"]

RATE = 16_000
"""Sampling rate in Hz that a source converts to, where no model says another."""

_CLIP_S = 10.0
_MOST, _FEWEST = 1000, 20  # clips that are kept, spread over the whole time, and those that make a model
_LONGER = 1.1  # times as much sound is collected where a fit fails


class Learning:
    """Collects normal sound of a machine that has no model yet, or learns anew.

    All sound is cut into clips of 10 s and checked; of those that can be used one thousand are kept at most, spread
    over the time that was set. What cannot be used counts as no time.

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
        self.folder = normal.begin(since)
        self._needed_s = settings.learn_hours * 3600
        self._every_s = max(_CLIP_S, self._needed_s / _MOST)
        self.clips = len(list(self.folder.glob("*.flac")))
        self.collected_s = self.clips * self._every_s
        self.left_out = Counter[str]()
        self.problem = ""
        self.last_end: float | None = None
        self.new_model = self.folder.with_suffix(".offkey")
        self._fit: BackgroundFit | None = None
        self._begin, self._blocks, self._held, self._cut = Begin(RATE, 0.0), list[Samples](), 0, 0

    @property
    def is_complete(self) -> bool:
        """Whether there is enough normal sound to fit a model."""
        return self.collected_s >= self._needed_s and self.clips >= _FEWEST

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
            self._fit, self.problem, self._needed_s = None, str(error), _LONGER * self.collected_s
            raise
        if outcome is not None:
            self._fit = None
        return outcome

    def stage(self) -> str:
        """Say in words how far it is, and what could not be used."""
        if self._fit is not None:
            return f"learning, a model is being fitted to {self.clips} clips of normal sound"
        hours = f"{self.collected_s / 3600:.3g} of {self._needed_s / 3600:.3g} hours"
        return f"learning, {hours} of normal sound in {self.clips} clips{self._left_out_words()}"

    def status(self) -> dict[str, Any]:
        """Return how far it is, as `learning` of `Monitor.status`."""
        return {
            "window_end": self.last_end,
            "learning": {
                "hours": self.collected_s / 3600,
                "hours_wanted": self._needed_s / 3600,
                "clips": self.clips,
                "left_out": dict(self.left_out),
                "is_fitting": self._fit is not None,
            },
        }

    def feed(self, item: Item) -> Findings:
        """Take what came of the source next; return the recordings that were taken."""
        if isinstance(item, Begin):
            self._begin, self._blocks, self._held, self._cut = item, [], 0, 0
        elif isinstance(item, Correction):
            self._begin = Begin(self._begin.rate, self._begin.at + item.seconds, self._begin.seconds)
        elif isinstance(item, End):
            return self._end(item)
        elif isinstance(item, np.ndarray):
            self._blocks.append(item)
            self._held += len(item)
            self._cut_clips(round(_CLIP_S * self._begin.rate))
        return Findings()

    def settle(self) -> Findings:
        """Return what is not kept yet: nothing, since clips are written as they come."""
        return Findings()

    def stop(self, _at: float) -> Findings:
        """End a fit that goes on; the clips are kept already."""
        if self._fit is not None:
            self._fit.stop()
            self._fit = None
        return Findings()

    def _end(self, end: End) -> Findings:
        if end.is_whole and self._cut == 0:  # a short recording is a clip as it is
            self._cut_clips(max(1, self._held))
        self._blocks, self._held = [], 0
        if end.recording is None:
            return Findings()
        error = self.problem or (None if end.is_whole else end.reason)
        return Findings(recordings=[Recording(self.settings.name, end.recording, error)])

    def _cut_clips(self, length: int) -> None:
        while self._held >= length:
            sound = np.concatenate(self._blocks)
            self._take(sound[:length], self._begin.at + self._cut / self._begin.rate)
            self._blocks, self._held = [sound[length:]], self._held - length
            self._cut += length

    def _take(self, clip: Samples, at: float) -> None:
        """Keep a clip where it can be used, and one is due."""
        rate = self._begin.rate
        self.last_end = at + len(clip) / rate
        reason, self.problem = self._fault(clip)
        if reason:
            self.left_out[reason] += 1
            return
        if not self.is_complete and self.collected_s >= self.clips * self._every_s:
            try:
                write_clip(self.folder, at, clip, rate)
            except OffkeyError as error:
                self.left_out["not written"] += 1
                self.problem = str(error)
                return
            self.clips += 1
        self.collected_s += len(clip) / rate

    def _fault(self, clip: Samples) -> tuple[str, str]:
        """Return why a clip cannot be used, in a word or two and in a sentence; both are empty for normal sound."""
        name = f"The sound of {self.settings.name}"
        try:
            for one in one_channel(clip, self._channel, name).reshape(len(clip), -1).T:  # two of a pair
                check_samples(one, self._begin.rate, name=name, at_least=self._begin.rate // 2)
        except SilenceError as error:
            return "silent", str(error)
        except AudioError as error:
            return "unusable", str(error)
        if is_clipped(clip):
            return "clipped", f"{name} is clipped: lower the gain of the microphone."
        return "", ""

    def _left_out_words(self) -> str:
        kinds = ", ".join(f"{count} {reason}" for reason, count in self.left_out.most_common())
        return f"; {self.left_out.total()} clips were left out ({kinds})" if kinds else ""
