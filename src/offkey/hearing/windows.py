"""Sound to windows at the model's rate, pushed block by block or pulled from a recording: short ones stay whole."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from offkey.audio.array_recording import ArrayRecording, check_rate
from offkey.audio.channel import Channel, Samples, is_pair
from offkey.audio.gate import check_samples
from offkey.audio.recording import Recording
from offkey.audio.two_microphones import Gain, without_far_by
from offkey.errors import AudioError, ParameterError

__all__ = ["LONG_S", "Window", "Windowing", "Windows", "one_window", "read_windows"]

LONG_S = 60.0
"""A recording longer than this many seconds is analysed in windows, unless another limit is known."""

_ONE = "one channel of floats, of shape (n,)"


@dataclass(frozen=True)
class Windowing:
    """The length from which recordings are cut, and the length and hop of windows."""

    window_s: float = 10.0  # length of a window in seconds
    hop_s: float = 10.0  # from the start of a window to the start of the next, in seconds
    longest_s: float = LONG_S  # length in seconds up to which a recording is left whole

    def __post_init__(self) -> None:
        for name, value in (("window", self.window_s), ("hop", self.hop_s)):
            if not 0.1 <= value <= 3600:
                raise ParameterError(f"The {name} must be between 0.1 and 3600 seconds. Got {value:g} instead.")

    @classmethod
    def every(cls, window_s: float, hop_s: float | None = None) -> Self:
        """Return windows of a length for every recording that is longer."""
        return cls(window_s, window_s if hop_s is None else hop_s, window_s)


@dataclass(frozen=True)
class Window:
    """A stretch of a recording.

    `start_s`, `end_s`: where it lies in the recording, in seconds.
    `gain`: by which a far microphone was taken away, see `without_far_by`.
    """

    samples: Samples  # shape (n,); one channel at the rate that was asked for
    start_s: float
    end_s: float
    gain: Gain | None = None


class Windows:
    """Cuts sound into windows as it comes, in bounded memory; how it is divided into blocks changes nothing.

    Sound of up to ``longest_s`` seconds is one window. Of longer sound a window starts every ``hop_s`` seconds; if
    sound is left after the last, one more ends with the sound, so that nothing remains unheard.

    `rate`: sampling rate of the windows in Hz.
    `native_rate`: sampling rate in Hz of the sound that comes, by default `rate`; a higher one is converted down by
        soxr.
    `seconds`: how long the sound will be, where that is known; infinity for a monitor that never ends, whose windows
        then come as soon as they are whole. By default sound is held until it is longer than ``longest_s``.
    `pair`: whether the sound is that of a near and a far microphone, which each window makes one channel of by itself.
    """

    def __init__(
        self,
        rate: int,
        windowing: Windowing | None = None,
        *,
        native_rate: int | None = None,
        seconds: float | None = None,
        pair: bool = False,
        name: str = "The stream",
    ) -> None:
        native_rate = rate if native_rate is None else check_rate(native_rate)
        if native_rate < rate:
            raise AudioError(
                f"{name} is sampled at {native_rate} Hz, but at least {rate} Hz are needed: "
                f"the sound above {native_rate // 2} Hz is missing."
            )
        cut = windowing or Windowing()
        self._rate, self._pair = rate, pair
        self._length, self._hop = round(cut.window_s * rate), round(cut.hop_s * rate)
        self._most_whole = cut.longest_s * rate  # samples of a sound that is one window
        if seconds is not None:
            self._most_whole = math.inf if seconds <= cut.longest_s else -1
        self._resampler = None
        if native_rate != rate:
            import soxr

            self._resampler = soxr.ResampleStream(native_rate, rate, 1 + pair, dtype="float32", quality="HQ")
        self._blocks = deque[Samples]()
        self._first = 0  # the sample with which the blocks begin
        self._end = 0  # the sample with which they end
        self._start = 0  # where the next window starts
        self._heard = 0  # where the last window ended
        self._is_finished = False
        self.held_gain: Gain | None = None
        """By which the far microphone is taken away from now on; None for that of each window by itself."""

    def feed(self, block: ArrayLike) -> list[Window]:
        """Take in the next block of sound, and return the windows that are whole now.

        `block`: shape (n,); one channel, full scale 1; of two microphones shape (n, 2), near and far.
        """
        if self._is_finished:
            raise ParameterError("The sound has ended: begin new windows for what comes after `finish`.")
        block = np.asarray(block)
        if block.shape[1:] != self._shape or block.ndim == 0 or block.dtype.kind != "f":
            expected = "near and far microphone as floats, of shape (n, 2)" if self._pair else _ONE
            raise ParameterError(f"A block is {expected}. Got {block.dtype} of shape {block.shape} instead.")
        block = block.astype(np.float32, copy=False)
        return self._take(block if self._resampler is None else self._resampler.resample_chunk(block))

    def finish(self) -> list[Window]:
        """Return what is left when the sound has ended; none at all if no sound came, or if it was asked before."""
        windows: list[Window] = []
        if self._is_finished:
            return windows
        self._is_finished = True
        if self._resampler is not None:
            windows = self._take(self._resampler.resample_chunk(np.empty((0, *self._shape), np.float32), last=True))
        if not self._blocks:
            return windows
        if self._end <= self._most_whole:
            samples = self._held()
            return [self._window(samples, 0, self._end)]
        if self._heard < self._end and (self._hop <= self._length or self._heard == 0):
            samples = self._held()[-self._length :].copy()
            start = self._end - len(samples)
            windows.append(self._window(samples, start, self._end))
        return windows

    @property
    def _shape(self) -> tuple[int, ...]:
        """The shape of a sample."""
        return (2,) if self._pair else ()

    def _window(self, samples: Samples, start: int, end: int) -> Window:
        """Return the window from one sample to another; of two microphones what the far one does not explain."""
        one, gain = without_far_by(samples, self._rate, self.held_gain) if self._pair else (samples, None)
        return Window(one, start / self._rate, end / self._rate, gain)

    def _take(self, block: Samples) -> list[Window]:
        """Return the windows that end in a block; keep what the next one needs, and what the last one may need."""
        self._blocks.append(block)
        self._end += len(block)
        if self._end <= self._most_whole:
            return []
        windows = []
        if self._start + self._length <= self._end:
            held = self._held()
            while (end := self._start + self._length) <= self._end:
                samples = held[self._start - self._first : end - self._first].copy()
                windows.append(self._window(samples, self._start, end))
                self._heard = end
                self._start += self._hop
        self._drop(min(self._start, self._end - self._length))
        return windows

    def _held(self) -> Samples:
        """Return the sound that is held, as one block."""
        if len(self._blocks) > 1:
            self._blocks = deque([np.concatenate(self._blocks)])
        return self._blocks[0]

    def _drop(self, before: int) -> None:
        """Let go of the sound before a sample, which lies in the last block at the latest."""
        while self._first + len(self._blocks[0]) <= before:
            self._first += len(self._blocks.popleft())
        if before > self._first:
            self._blocks[0] = self._blocks[0][before - self._first :]
            self._first = before


def read_windows(
    recording: Recording, *, rate: int, channel: Channel = 0, windowing: Windowing | None = None
) -> Iterator[Window]:
    """Yield a recording as windows of one channel at one rate, in bounded memory; see `Windows`.

    `rate`: sampling rate of the result in Hz; a higher rate is converted down by soxr.
    """
    pair, native_rate, seconds = is_pair(channel), recording.rate, recording.seconds
    windows = Windows(rate, windowing, native_rate=native_rate, seconds=seconds, pair=pair, name=recording.name)
    is_empty = True
    for block in recording.blocks(channel):
        is_empty = False
        yield from windows.feed(block)
    if is_empty:
        raise AudioError(f"{recording.name} holds no sound: expected at least one analysis window of it.")
    yield from windows.finish()


def one_window(samples: ArrayLike, rate: int, windowing: Windowing, *, at_least: int) -> Samples:
    """Return samples in memory as the sound of one window, checked; float32 is not copied.

    `samples`: shape (n,); one channel at the rate, see `ArrayRecording`.
    `at_least`: the fewest samples that can be analysed.
    Returns: shape (n,).
    """
    if np.ndim(samples) != 1:
        raise ParameterError(f"A window is one channel, of shape (n,). Got shape {np.shape(samples)} instead.")
    if type(samples) is not np.ndarray or samples.dtype != np.float32:
        recording = ArrayRecording(samples, rate, "the window")
        samples = next(recording.blocks(0))
    most_s = max(windowing.longest_s, windowing.window_s)
    if len(samples) > most_s * rate:
        raise ParameterError(
            f"A window of this model is at most {most_s:g} s long. Got {len(samples) / rate:g} s instead: cut it, or "
            "let `score` do so."
        )
    check_samples(samples, rate, name="the window", at_least=at_least)
    return samples
