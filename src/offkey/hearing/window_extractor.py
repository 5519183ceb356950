"""Windows of sound to feature vectors, wherever the windows come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from offkey.audio import Channel, Recording
from offkey.audio.channel import is_pair
from offkey.errors import AudioError
from offkey.features import FrontEnd
from offkey.hearing.batch import WindowFeatures
from offkey.hearing.fingerprint import fingerprint
from offkey.hearing.silence import check_window
from offkey.hearing.traits import measure_traits
from offkey.hearing.windows import Window, Windowing, Windows, read_windows

__all__ = ["Overlapping", "WindowExtractor"]

Overlapping: TypeAlias = Callable[[NDArray[np.float32], int], NDArray[np.float32]]
"""Samples of a window, and the number of the first in the sound, to the vector of features."""

_SAME = 1.05  # times as long as `clip_s` is as long, so that a few samples more do not cost a second part


@dataclass(frozen=True)
class WindowExtractor:
    """The extraction of feature vectors from windows.

    `clip_s`: length in seconds of the sound behind a vector: a longer window gives the mean over its parts of this
        length, evenly spread and together the whole of it, so that what they estimate does not depend on the length.
        None for the features of each window as a whole.
    """

    front_end: FrontEnd
    rate: int  # sampling rate of the model in Hz
    channel: Channel
    windowing: Windowing
    clip_s: float | None = None
    centred: bool = True  # whether the mean of each window is taken away: an offset of the electronics is no sound
    fingerprints: bool = False

    def feature_names(self) -> list[str]:
        """Return what each number of a vector is called; see `FrontEnd.feature_names`."""
        return self.front_end.feature_names(self.rate)

    def windows(self, native_rate: int, *, seconds: float | None = None) -> Windows:
        """Return what cuts a stream, of one channel or a pair, at `native_rate` Hz, as files are cut; see `Windows`."""
        pair = is_pair(self.channel)
        return Windows(self.rate, self.windowing, native_rate=native_rate, seconds=seconds, pair=pair)

    def read(self, recording: Recording) -> Iterator[Window]:
        """Yield the windows of a recording, unchecked; see `read_windows`."""
        return read_windows(recording, rate=self.rate, channel=self.channel, windowing=self.windowing)

    def overlapping(self) -> Overlapping | None:
        """Return what takes the vectors of windows of one recording or stretch that overlap, for `features`.

        None where each is extracted by itself: where windows do not overlap, are cut into parts or are made of two
        microphones, whose samples differ from window to window; and where the front end gains nothing by it.
        """
        cut = self.windowing
        is_one = self.clip_s is None or cut.window_s <= _SAME * self.clip_s
        if cut.hop_s >= cut.window_s or not is_one or is_pair(self.channel):
            return None
        return self.front_end.overlapping(self.rate)

    def check(self, window: Window, *, name: str, recording: Callable[[], Recording] | None = None) -> None:
        """Check that a window can be used; an AudioError says why not. Parameters are those of `features`."""
        least = self.front_end.min_samples(self.rate)
        check_window(window, self.rate, self.channel, recording=recording, name=name, at_least=least)

    def features(
        self,
        window: Window,
        *,
        name: str,
        native_rate: int | None = None,
        recording: Callable[[], Recording] | None = None,
        shares: Sequence[float] = (),
        overlapping: Overlapping | None = None,
    ) -> WindowFeatures:
        """Return the features of a window that was cut already.

        `native_rate`: sampling rate of the recording in Hz, before it was converted; by default this extractor's.
        `recording`: opens the recording, to say of silence where it comes from; nothing can be opened of a stream.
        `shares`: for which shares of `clip_s` the features of shorter parts are taken as well.
        `overlapping`: as of `overlapping`, where the windows before were given to it.
        Returns: with an `error` where the window cannot be used.
        """
        start_s, end_s, samples = window.start_s, window.end_s, window.samples
        try:
            self.check(window, name=name, recording=recording)
        except AudioError as error:
            return WindowFeatures(start_s, end_s, None, str(error))
        centred = self._centred(samples)
        if overlapping is not None and not shares and self._is_one(samples):
            vector, shorter = overlapping(centred, round(start_s * self.rate)), None
        else:
            vector, shorter = self._with_shorter(samples, centred, shares)
        traits = measure_traits(centred, native_rate or self.rate)
        mark = fingerprint(samples) if self.fingerprints else None
        return WindowFeatures(start_s, end_s, vector, shorter=shorter, fingerprint=mark, traits=traits)

    def in_time(self, window: Window) -> NDArray[np.float32]:
        """Return the features of each frame of a window that was checked, shape (n_rows, n_frames)."""
        return self.front_end.in_time(self._centred(window.samples), self.rate)

    def _with_shorter(
        self, samples: NDArray[np.float32], centred: NDArray[np.float32], shares: Sequence[float]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Return the features of a window, and those of its shorter parts."""
        whole = self._is_one(samples)
        if not shares or self.clip_s is None:
            return self.front_end.vector(centred, self.rate) if whole else self.vector(samples), None
        lengths = [min(round(share * self.clip_s * self.rate), len(samples)) for share in shares]
        together = self.front_end.middles(centred, self.rate, [len(samples), *lengths]) if whole else None
        if together is None:
            vector = self.vector(samples)
            parts = [_middle(samples, length) for length in lengths]
            return vector, np.array([vector if len(part) == len(samples) else self.vector(part) for part in parts])
        return together[0], np.array(together[1:])

    def vector(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the features of a stretch of sound.

        `samples`: shape (n,); one channel at this extractor's rate.
        Returns: shape (n_features,); of one that is longer than `clip_s`, the mean of those of its parts.
        """
        if self._is_one(samples):
            return self.front_end.vector(self._centred(samples), self.rate)
        starts, length = self.parts(len(samples))
        vectors = [self.front_end.vector(self._centred(samples[start : start + length]), self.rate) for start in starts]
        mean: NDArray[np.float64] = np.array(vectors).mean(axis=0, dtype=np.float64)
        return mean.astype(np.float32)

    def parts(self, n: int) -> tuple[list[int], int]:
        """Return the first sample of each part of a window of `n` samples, and how many samples a part has."""
        if self.clip_s is None or n <= _SAME * round(self.clip_s * self.rate):
            return [0], n
        length = round(self.clip_s * self.rate)
        starts: list[int] = np.linspace(0, n - length, -(-n // length)).round().astype(int).tolist()
        return starts, length

    def _is_one(self, samples: NDArray[np.float32]) -> bool:
        """Tell whether features are of a window as a whole."""
        return self.parts(len(samples)) == ([0], len(samples))

    def _centred(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return samples - np.float32(samples.mean(dtype=np.float64)) if self.centred else samples


def _middle(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    first = (len(samples) - length) // 2
    return samples[first : first + length]
