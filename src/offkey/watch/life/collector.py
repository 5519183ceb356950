"""Live sound cut into clips: each is checked, and some of those that can be used are kept, spread over a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from offkey.audio import Channel
from offkey.audio.channel import Samples, one_channel
from offkey.audio.gate import SilenceError, check_samples
from offkey.errors import AudioError, OffkeyError
from offkey.watch.acquisition.quality import Doubt, Flaw, is_clipped
from offkey.watch.acquisition.sample_clock import Correction
from offkey.watch.acquisition.source import Begin, End, Item
from offkey.watch.life.normal_set import write_clip

__all__ = ["CLIP_S", "Collector"]

CLIP_S = 10.0
"""Seconds of a clip."""


class Collector:
    """Keeps clips of normal sound in a folder, whose clips count already.

    Parameters
    ----------
    name : str
        How messages call the machine.
    folder : Path
        Where the clips are kept.
    channel : int or str
        The channel that must be sound; all are kept.
    over_s : float
        Seconds of sound that can be used, over which the clips are spread.
    most : int
        How many are kept at most.

    Attributes
    ----------
    clips : int
        How many are kept.
    collected_s : float
        Seconds of sound that could be used.
    left_out : Counter of str
        Clips that could not be used, by reason.
    problem : str
        Why the newest clip could not be used or kept; empty if it could.
    last_end : float or None
        End of the newest clip, in seconds since 1970 UTC.
    """

    def __init__(self, name: str, folder: Path, channel: Channel, *, over_s: float, most: int) -> None:
        self._name, self._folder, self._channel, self._most = name, folder, channel, most
        self._every_s = max(CLIP_S, over_s / most)
        self.clips = len(list(folder.glob("*.flac")))
        self.collected_s = self.clips * self._every_s
        self.left_out = Counter[str]()
        self.problem = ""
        self.last_end: float | None = None
        self._begin, self._blocks, self._held, self._cut = Begin(1, 0.0), list[Samples](), 0, 0
        self._doubt: Flaw | None = None
        self._doubted: Flaw | None = None  # of some block of the clip that comes

    def feed(self, item: Item) -> None:
        """Take what came of the source next."""
        if isinstance(item, Begin):
            self._begin, self._blocks, self._held, self._cut = item, [], 0, 0
        elif isinstance(item, Doubt):
            self._doubt = item.flaw
            self._doubted = self._doubted or item.flaw
        elif isinstance(item, Correction):
            self._begin = replace(self._begin, at=self._begin.at + item.seconds)
        elif isinstance(item, End):
            if item.is_whole and self._cut == 0:  # a short recording is a clip as it is
                self._cut_clips(max(1, self._held))
            self._blocks, self._held = [], 0
        elif isinstance(item, np.ndarray):
            self._blocks.append(item)
            self._held += len(item)
            self._cut_clips(round(CLIP_S * self._begin.rate))

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
        if self._doubted is not None and not reason:
            reason, self.problem = self._doubted, f"The source of {self._name} is in doubt: {self._doubted}."
        self._doubted = self._doubt
        if reason:
            self.left_out[reason] += 1
            return
        if self.clips < self._most and self.collected_s >= self.clips * self._every_s:
            try:
                write_clip(self._folder, at, clip, rate)
            except OffkeyError as error:
                self.left_out["not written"] += 1
                self.problem = str(error)
                return
            self.clips += 1
        self.collected_s += len(clip) / rate

    def _fault(self, clip: Samples) -> tuple[str, str]:
        """Return why a clip cannot be used, in a word or two and in a sentence; both are empty for normal sound."""
        rate, name = self._begin.rate, f"The sound of {self._name}"
        try:
            for one in one_channel(clip, self._channel, name).reshape(len(clip), -1).T:  # two of a pair
                check_samples(one, rate, name=name, at_least=rate // 2)
        except SilenceError as error:
            return "silent", str(error)
        except AudioError as error:
            return "unusable", str(error)
        if is_clipped(clip):
            return "clipped", f"{name} is clipped: lower the gain of the microphone."
        return "", ""
