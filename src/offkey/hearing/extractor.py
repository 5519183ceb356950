"""Recordings to feature vectors: streamed, in parallel, in bounded memory, a bad one at its own cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.hearing.source import Source, open_recording, source_name
from offkey.hearing.window_extractor import WindowExtractor
from offkey.hearing.windows import Window
from offkey.work.jobs import checked_jobs
from offkey.work.library_threads import one_blas_thread
from offkey.work.memory import keep_freed_memory
from offkey.work.thread_pool import Threads

__all__ = ["Extractor"]

_MANY = 1000  # files for which it pays to start processes, which takes most of a second
_A_PROCESS = 32  # files that a process takes at a time


@dataclass(frozen=True)
class Extractor(WindowExtractor):
    """The extraction of feature vectors from recordings.

    `shares`: shares of `clip_s` for which features of a shorter part are taken as well, from the middle of a window.
    """

    digest: bool = False
    shares: tuple[float, ...] = ()
    shared_by: int = 1

    def extract(self, source: Source) -> ClipFeatures:
        """Read one recording; whatever is wrong with it is found in its windows."""
        return self._transform(self._read(source))

    def extract_all(
        self, sources: Iterable[Source], *, jobs: int | None = None, advance: Callable[[], None] | None = None
    ) -> Iterator[ClipFeatures]:
        """Read many recordings in parallel, and yield their features in the order given.

        `jobs`: how many are read at a time, by threads; where there are 1,000 files or more, heard at a time, by
            processes. By default one per processor.
        Yields: one per recording; only a few are held at a time.
        """
        keep_freed_memory()
        step = advance or (lambda: None)
        at_a_time = checked_jobs(jobs)
        for features in map(self.extract, sources) if at_a_time == 1 else self._in_parallel(sources, at_a_time):
            step()
            yield features

    def window(self, source: Source, start_s: float) -> NDArray[np.float32]:
        """Return the sound of one window, shape (n,): that which starts nearest to `start_s` seconds.

        Its mean is taken away where the features know none.
        """
        recording = open_recording(source)
        best: tuple[float, NDArray[np.float32]] | None = None
        for window in self.read(recording):
            away = abs(window.start_s - start_s)
            if best is not None and away >= best[0]:
                break
            best = away, window.samples
        if best is None:
            raise AudioError(f"{recording.name} holds no whole window of sound.")
        return self._centred(best[1])

    def _in_parallel(self, sources: Iterable[Source], jobs: int) -> Iterator[ClipFeatures]:
        """Extract from some clips at a time: by processes where there are many files, else by threads.

        What a thread does is read, unless the front end is a network: the short steps of the others gain nothing
        from threads, and keep each other waiting.
        """
        light = not self.front_end.heavy
        if light and isinstance(sources, Sequence) and len(sources) >= _MANY and _are_files(sources):
            from offkey.work.process_pool import Processes  # loading it takes a part of a cold start

            yield from Processes(jobs, at_a_time=_A_PROCESS).map(self.extract, sources)
        elif light:
            yield from map(self._transform, Threads(jobs).read(self._read, sources))
        else:
            yield from Threads(jobs).map(self.extract, sources)

    def _read(self, source: Source) -> _Read:
        """Read a recording that is one window; of a long one the windows are read as they are asked for."""
        read = _Read(source, source_name(source))
        try:
            recording = open_recording(source)
            read.rate = recording.rate
            read.digest = recording.digest() if self.digest else ""
            windows = self.read(recording)
            is_short = recording.seconds is not None and recording.seconds <= self.windowing.longest_s
            read.windows = list(windows) if is_short else windows
        except AudioError as error:
            read.error = str(error)
        return read

    def _transform(self, read: _Read) -> ClipFeatures:
        """Return the features of what was read."""
        features: list[WindowFeatures] = []
        error = read.error
        try:
            shares = self.shares if self.shared_by == 1 or int(read.digest[:8], 16) % self.shared_by == 0 else ()
            with one_blas_thread():  # not around `extract_all`, which may be left waiting half-way
                window_features = partial(
                    self.features,
                    name=read.name,
                    native_rate=read.rate,
                    recording=partial(open_recording, read.source),
                    shares=shares,
                    overlapping=self.overlapping(),
                )
                features.extend(map(window_features, read.windows))
        except AudioError as broken:
            error = str(broken)
        if error is not None:
            features.append(WindowFeatures(None, None, None, error))
        return ClipFeatures(read.name, features, read.digest)


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
