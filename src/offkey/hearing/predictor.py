"""The base of models that judge recordings by their features: many clips at a time, in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import ClassVar, Generic, TypeVar

from offkey.hearing.batch import ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.inputs import Clips, read_clips, warn_of_unread
from offkey.hearing.source import Source
from offkey.work.executor import Executor
from offkey.work.here import Here
from offkey.work.jobs import checked_jobs
from offkey.work.library_threads import one_blas_thread
from offkey.work.progress import show_progress
from offkey.work.thread_pool import Threads

__all__ = ["Predictor"]

Outcome = TypeVar("Outcome")
Success = TypeVar("Success")

_EXTRACTING_PER_JUDGING = 4  # threads that extract features, which keep one that judges them busy


class Predictor(ABC, Generic[Outcome, Success]):
    """Common base of what is fitted: it reads and extracts alike, and each says in its way what the features mean.

    `Outcome` is what it says of a window or a recording, a failure included; `Success` what it says of one clip.
    """

    _at_a_time: ClassVar[int] = 256
    """Recordings whose features are judged in one call."""

    @abstractmethod
    def extractor(self) -> Extractor:
        """Return how recordings become features."""

    @abstractmethod
    def judge(self, extracted: Sequence[ClipFeatures]) -> list[list[Outcome]]:
        """Return what the features of each recording mean, in order: one outcome, or one per window."""

    @abstractmethod
    def _of_recording(self, outcomes: Sequence[Outcome]) -> Success:
        """Return what the outcomes of a recording come to; an AudioError if it cannot be used."""

    def results(
        self, sources: Iterable[Source], *, jobs: int | None = None, advance: Callable[[], None] | None = None
    ) -> Iterator[Outcome]:
        """Score many recordings, streamed and in parallel.

        Parameters
        ----------
        sources : iterable of Source
            Files, or sound in memory.
        jobs : int, optional
            Number of clips processed in parallel; by default one per processor.
        advance : callable, optional
            Called after each recording.

        Yields
        ------
        Result
            One per recording, or one per window of a long one, in order.
        """
        at_a_time = checked_jobs(jobs)
        extracted = self.extractor().extract_all(sources, jobs=at_a_time, advance=advance)
        batches = iter(lambda: list(islice(extracted, self._at_a_time)), [])
        judging = at_a_time // _EXTRACTING_PER_JUDGING
        # with fewer a thread more would only wait, and keep those that extract waiting, for the interpreter's lock
        executor: Executor = Threads(judging, ahead=judging + 1) if judging else Here()
        for outcomes in executor.map(self.judge, batches):
            yield from chain.from_iterable(outcomes)

    def _of_clips(
        self,
        clips: Clips,
        rate: int | None,
        jobs: int | None,
        show: bool | None = None,
        advance: Callable[[], None] | None = None,
    ) -> Success | list[Outcome]:
        """Judge one clip, or several: an AudioError for one that cannot be used, of several each has its own."""
        read = read_clips(clips, rate)
        warn_of_unread(read.notes)
        with one_blas_thread(), show_progress("Scoring", len(read.sources), show=show, advance=advance) as step:
            outcomes = list(self.results(read.sources, jobs=jobs, advance=step))
        return self._of_recording(outcomes) if read.single else outcomes
