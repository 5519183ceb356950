"""Recordings to feature vectors: streamed, in parallel, in bounded memory, a bad one at its own cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.audio import Channel, Recording
from offkey.errors import AudioError
from offkey.features import FrontEnd
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.hearing.fingerprint import fingerprint
from offkey.hearing.silence import check_window
from offkey.hearing.source import Source, open_recording, source_name
from offkey.hearing.traits import measure_traits
from offkey.hearing.windows import Window, Windowing, Windows, read_windows
from offkey.work.jobs import checked_jobs
from offkey.work.library_threads import one_blas_thread
from offkey.work.memory import keep_freed_memory
from offkey.work.process_pool import Processes
from offkey.work.thread_pool import Threads

__all__ = ["Extractor"]

_MANY = 1000  # files for which it pays to start processes, which takes most of a second
_A_PROCESS = 32  # files that a process takes at a time
_SAME = 1.05  # times as long as `clip_s` is as long, so that a few samples more do not cost a second part


@dataclass(frozen=True)
class Extractor:
    """How recordings become feature vectors.

    Parameters
    ----------
    front_end : FrontEnd
        Sound to features.
    rate : int
        Sampling rate of the model in Hz.
    channel : int or str
        What of a recording is heard.
    windowing : Windowing
        How long recordings are cut.
    digest : bool, default False
        Whether to compute the digest of each recording as well.
    clip_s : float, optional
        Length in seconds that features are of: of a longer window they are the mean of those of parts of this length,
        evenly spread and together the whole of it, so that what they estimate does not depend on the length. None
        for the features of each window as a whole.
    shares : sequence of float, default ()
        Shares of `clip_s` for which features of a shorter part are taken as well, from the middle of a window.
    shared_by : int, default 1
        Those are taken of one recording in so many, chosen by digest.
    centred : bool, default True
        Whether the mean of each window is taken away: an offset of the electronics is no sound.
    fingerprints : bool, default False
        Whether to take a fingerprint of each window as well.
    """

    front_end: FrontEnd
    rate: int
    channel: Channel
    windowing: Windowing
    digest: bool = False
    clip_s: float | None = None
    shares: tuple[float, ...] = ()
    shared_by: int = 1
    centred: bool = True
    fingerprints: bool = False

    def one(self, source: Source) -> ClipFeatures:
        """Read one recording; whatever is wrong with it is found in its windows."""
        return self._transform(self._read(source))

    def all(
        self, sources: Iterable[Source], *, jobs: int | None = None, advance: Callable[[], None] | None = None
    ) -> Iterator[ClipFeatures]:
        """Read many recordings in parallel, and yield their features in the order given.

        Parameters
        ----------
        sources : iterable of Source
            The recordings.
        jobs : int, optional
            How many are read at a time, by threads; where there are 1,000 files or more, heard at a time, by processes.
            By default one a processor.
        advance : callable, optional
            Called after each recording.

        Yields
        ------
        ClipFeatures
            One a recording; only a few are held at a time.
        """
        keep_freed_memory()
        step = advance or (lambda: None)
        at_a_time = checked_jobs(jobs)
        for features in map(self.one, sources) if at_a_time == 1 else self._side_by_side(sources, at_a_time):
            step()
            yield features

    def window(self, source: Source, start_s: float) -> NDArray[np.float32]:
        """Return the sound of one window, shape (n,): that which starts nearest to `start_s` seconds.

        Its mean is taken away where the features know none.

        Raises
        ------
        AudioError
            If the recording cannot be read.
        """
        recording = open_recording(source)
        cut = read_windows(recording, rate=self.rate, channel=self.channel, windowing=self.windowing)
        best: tuple[float, NDArray[np.float32]] | None = None
        for window in cut:
            away = abs(window.start_s - start_s)
            if best is not None and away >= best[0]:
                break
            best = away, window.samples
        if best is None:
            raise AudioError(f"{recording.name} holds no whole window of sound.")
        return self._centred(best[1])

    def _side_by_side(self, sources: Iterable[Source], jobs: int) -> Iterator[ClipFeatures]:
        """Hear some clips at a time: by processes where there are many files, else by threads.

        What a thread does is read, unless the front end is a network: the short steps of the others gain nothing
        from threads, and keep each other waiting.
        """
        light = not self.front_end.heavy
        if light and isinstance(sources, Sequence) and len(sources) >= _MANY and _are_files(sources):
            yield from Processes(jobs, at_a_time=_A_PROCESS).map(self.one, sources)
        elif light:
            yield from map(self._transform, Threads(jobs).read(self._read, sources))
        else:
            yield from Threads(jobs).map(self.one, sources)

    def _read(self, source: Source) -> _Read:
        """Read a recording that is one window; of a long one the windows are read as they are asked for."""
        read = _Read(source, source_name(source))
        try:
            recording = open_recording(source)
            read.rate = recording.rate
            read.digest = recording.digest() if self.digest else ""
            cut = read_windows(recording, rate=self.rate, channel=self.channel, windowing=self.windowing)
            is_short = recording.seconds is not None and recording.seconds <= self.windowing.longest_s
            read.windows = list(cut) if is_short else cut
        except AudioError as error:
            read.error = str(error)
        return read

    def _transform(self, read: _Read) -> ClipFeatures:
        """Return the features of what was read."""
        features: list[WindowFeatures] = []
        error = read.error
        try:
            shares = self.shares if self.shared_by == 1 or int(read.digest[:8], 16) % self.shared_by == 0 else ()
            with one_blas_thread():  # not around `all`, which may be left waiting half-way
                reopen = partial(open_recording, read.source)
                features.extend(
                    self.features(window, name=read.name, native_rate=read.rate, recording=reopen, shares=shares)
                    for window in read.windows
                )
        except AudioError as broken:
            error = str(broken)
        if error is not None:
            features.append(WindowFeatures(None, None, None, error))
        return ClipFeatures(read.name, features, read.digest)

    def windows(self, native_rate: int, *, seconds: float | None = None) -> Windows:
        """Return what cuts a stream of one channel, at `native_rate` Hz, as recordings are cut; see `Windows`."""
        return Windows(self.rate, self.windowing, native_rate=native_rate, seconds=seconds)

    def features(
        self,
        window: Window,
        *,
        name: str,
        native_rate: int | None = None,
        recording: Callable[[], Recording] | None = None,
        shares: Sequence[float] = (),
    ) -> WindowFeatures:
        """Return the features of a window that was cut already.

        Parameters
        ----------
        window : Window
            What `windows` gave, or `read_windows` at this rate.
        name : str
            What to call its recording in a message.
        native_rate : int, optional
            Sampling rate of the recording in Hz, before it was converted; by default this extractor's.
        recording : callable, optional
            Opens the recording, to say of silence where it comes from; nothing can be opened of a stream.
        shares : sequence of float, default ()
            For which shares of `clip_s` the features of shorter parts are taken as well.

        Returns
        -------
        WindowFeatures
            With an `error` where the window cannot be used.
        """
        start_s, end_s, samples = window.start_s, window.end_s, window.samples
        least = self.front_end.min_samples(self.rate)
        try:
            check_window(window, self.rate, self.channel, recording=recording, name=name, at_least=least)
        except AudioError as error:
            return WindowFeatures(start_s, end_s, None, str(error))
        centred = self._centred(samples)
        vector, shorter = self._with_shorter(samples, centred, shares)
        traits = measure_traits(centred, native_rate or self.rate)
        mark = fingerprint(samples) if self.fingerprints else None
        return WindowFeatures(start_s, end_s, vector, shorter=shorter, fingerprint=mark, traits=traits)

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

        Parameters
        ----------
        samples : ndarray of float32, shape (n,)
            One channel at this extractor's rate.

        Returns
        -------
        ndarray of float32, shape (n_features,)
            Of one that is longer than `clip_s`, the mean of those of its parts.
        """
        if self.clip_s is None or self._is_one(samples):
            return self.front_end.vector(self._centred(samples), self.rate)
        length = round(self.clip_s * self.rate)
        parts = -(-len(samples) // length)
        starts = np.linspace(0, len(samples) - length, parts).round().astype(int)
        vectors = [self.front_end.vector(self._centred(samples[start : start + length]), self.rate) for start in starts]
        mean: NDArray[np.float64] = np.array(vectors).mean(axis=0, dtype=np.float64)
        return mean.astype(np.float32)

    def _is_one(self, samples: NDArray[np.float32]) -> bool:
        """Tell whether features are of a window as a whole."""
        return self.clip_s is None or len(samples) <= _SAME * round(self.clip_s * self.rate)

    def _centred(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return samples - np.float32(samples.mean(dtype=np.float64)) if self.centred else samples


@dataclass
class _Read:
    """A recording's sound, not yet transformed."""

    source: Source
    name: str
    digest: str = ""
    rate: int | None = None
    windows: Iterable[Window] = ()
    error: str | None = None


def _are_files(sources: Sequence[Source]) -> bool:
    return all(isinstance(source, Path) for source in sources)


def _middle(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    first = (len(samples) - length) // 2
    return samples[first : first + length]
