"""Measuring all clips once, in the background, while pages are already answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from offkey.audio import Channel, FileRecording
from offkey.errors import OffkeyError
from offkey.hearing.identity import FileState
from offkey.hearing.rates import lowest_rate
from offkey.model import Model
from offkey.web.explore.cache import Cache
from offkey.web.explore.catalogue import Catalogue
from offkey.web.explore.measures import Measured, measure
from offkey.web.explore.scores import score_columns, scores_of
from offkey.work.jobs import default_jobs
from offkey.work.library_threads import one_blas_thread
from offkey.work.thread_pool import Threads

__all__ = ["Background", "Progress"]

_PUBLISH_S, _SAVE_S = 2.0, 30.0

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Progress:
    """How far the background is.

    Parameters
    ----------
    what : str
        What is being done.
    done, total : int
        Clips.
    running : bool
        Whether it goes on.
    problem : str or None
        Why it ended early or could not keep what it measured.
    """

    what: str
    done: int
    total: int
    running: bool
    problem: str | None = None


class Background:
    """Measures what the cache does not hold, and scores it with a model.

    Parameters
    ----------
    catalogue : Catalogue
        Where it all goes.
    cache : Cache
        Where it is kept.
    model : Model, optional
        Scores clips.
    model_key : str, default ""
        What tells the model from others.
    jobs : int, optional
        Clips at a time; by default one a processor but one, so that pages stay quick.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        cache: Cache,
        *,
        model: Model | None = None,
        model_key: str = "",
        jobs: int | None = None,
    ) -> None:
        self._catalogue, self._cache, self._model, self._model_key = catalogue, cache, model, model_key
        self._library = catalogue.library
        self._jobs = jobs or max(1, default_jobs() - 1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="offkey-explore", daemon=True)
        self.progress = Progress("Looking for clips", 0, len(self._library), True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End early; what was measured is kept."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def wait(self) -> None:
        """Wait until all is done."""
        self._thread.join()

    def _run(self) -> None:
        problem = None
        try:
            with one_blas_thread():
                self._measure()
                self._score()
        except OffkeyError as error:
            problem = str(error)
        except Exception as error:  # pages must say that nothing more comes, whatever it was
            problem = f"Measuring ended with an error of offkey itself: {error!r}."
        self._catalogue.publish()
        last = self.progress
        self.progress = Progress(last.what, last.done, last.total, False, problem)

    def _measure(self) -> None:
        states = {row: FileState.of(path) for row, path in self._paths()}
        kept = self._cache.load()
        known: dict[int, int] = {}  # row here to row in the cache, which may be of more or fewer clips
        if kept is not None:
            self._catalogue.rate = kept.rate
            places = {key: at for at, key in enumerate(kept.table.select("id", "size", "mtime_ns").rows())}
            found = {row: places.get((self._library.ids[row], *(state or ()))) for row, state in states.items()}
            known = {row: at for row, at in found.items() if at is not None}
            self._catalogue.take(kept, known)
        missing = [row for row in states if row not in known]
        rate = self._lowest_rate(list(known), missing)
        if kept is not None and rate != kept.rate:
            missing = list(states)
        self._catalogue.rate = rate
        self._catalogue.publish()
        total = len(self._library)
        self.progress = Progress("Measuring", total - len(missing), total, True)

        def one(row: int) -> tuple[int, tuple[int, int], Measured]:
            path = self._library.path(self._library.ids[row])
            return (
                row,
                FileState.of(path) or (0, 0),
                measure(path, name=self._name(row), rate=rate, channel=self._channel(row)),
            )

        for row, (size, mtime_ns), measured in self._each(one, missing, self._save):
            self._catalogue.put(row, measured, size=size, mtime_ns=mtime_ns)
            self.progress = Progress("Measuring", self.progress.done + 1, total, True)
        if missing:
            self._catalogue.publish()
            self._save()

    def _score(self) -> None:
        model = self._model
        if model is None:
            return
        name = f"scores-{self._model_key}"
        content = self._cache.read_json(name) or {}
        facts = {clip: self._catalogue.facts(row) for row, clip in enumerate(self._library.ids)}
        scores = {
            clip: one["scores"]
            for clip, one in content.items()
            if clip in facts and one["key"] == [facts[clip].get("size"), facts[clip].get("mtime_ns")]
        }
        rows = [row for row, path in self._paths() if self._library.ids[row] not in scores]
        total = len(self._library)
        self.progress = Progress("Scoring", total - len(rows), total, True)

        def one(row: int) -> tuple[str, dict[str, Any]]:
            clip = self._library.ids[row]
            return clip, scores_of(model, self._library.path(clip))

        def keep() -> None:
            keys = {clip: [facts[clip].get("size"), facts[clip].get("mtime_ns")] for clip in scores}
            self._cache.write_json(name, {clip: {"key": keys[clip], "scores": scores[clip]} for clip in scores})

        def show() -> None:
            self._catalogue.set_scores(score_columns(scores, self._library))
            self._catalogue.publish()

        show()
        for clip, score in self._each(one, rows, keep, show):
            scores[clip] = score
            self.progress = Progress("Scoring", self.progress.done + 1, total, True)
        if rows:
            show()
            keep()

    def _each(
        self,
        work: Callable[[Item], Answer],
        items: Iterable[Item],
        save: Callable[[], None],
        publish: Callable[[], None] | None = None,
    ) -> Iterator[Answer]:
        """Yield what work gives for each item, leaving out clips that are gone; publish and save from time to time."""
        published = saved = time.monotonic()

        def answer(item: Item) -> Answer | None:
            try:
                return work(item)
            except OffkeyError:
                return None

        with closing(Threads(self._jobs).map(answer, items, ahead=2 * self._jobs + 1)) as answers:
            for found in answers:
                if self._stop.is_set():
                    return
                if found is None:
                    continue
                yield found
                now = time.monotonic()
                if now - published > _PUBLISH_S:
                    (publish or self._catalogue.publish)()
                    published = now
                if now - saved > _SAVE_S:
                    save()
                    saved = time.monotonic()

    def _paths(self) -> Sequence[tuple[int, Path]]:
        """Return row and file of each clip that may be read; of the others the reason goes into the catalogue."""
        found = []
        for row, clip in enumerate(self._library.ids):
            try:
                found.append((row, self._library.path(clip)))
            except OffkeyError as error:
                self._catalogue.refuse(row, str(error))
        return found

    def _lowest_rate(self, known: Sequence[int], missing: Sequence[int]) -> int:
        """Return the lowest sampling rate of the clips, at which their spectra can be compared; 0 if none is known."""
        rates = [self._catalogue.facts(row).get("rate") for row in known]
        for row in missing:
            try:
                rates.append(FileRecording(self._library.path(self._library.ids[row])).rate)
            except OffkeyError:
                continue
        told = [rate for rate in rates if rate]
        return lowest_rate(told) if told else 0

    def _name(self, row: int) -> str:
        return self._library.name(self._library.ids[row])

    def _channel(self, row: int) -> Channel:
        table = self._library.table
        return int(table["channel"][row] or 0) if "channel" in table.columns else 0

    def _save(self) -> None:
        self._catalogue.publish()
        self._cache.save(self._catalogue.kept(), dataset=self._library.dataset, root=self._library.root)
