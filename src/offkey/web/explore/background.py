"""Measuring all clips once, in the background, while pages are already answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from offkey.audio import Channel, FileRecording
from offkey.errors import OffkeyError
from offkey.hearing.identity import FileState, Identity
from offkey.hearing.rates import lowest_rate
from offkey.model import Model
from offkey.web.explore.cache import Cache
from offkey.web.explore.catalogue import Catalogue
from offkey.web.explore.for_others import is_written, write_for_others
from offkey.web.explore.kept import MEASURED, Kept
from offkey.web.explore.measures import Measured, measure
from offkey.web.explore.scores import (
    WINDOW_COLUMNS,
    clip_scores,
    score_columns,
    score_table,
    score_windows,
    windows_by_key,
)
from offkey.work.jobs import default_jobs
from offkey.work.keyed_store import KeyedStore
from offkey.work.library_threads import one_blas_thread
from offkey.work.thread_pool import Threads

__all__ = ["Background", "Progress"]

_PUBLISH_S, _SAVE_S = 2.0, 30.0

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Progress:
    """Progress of the background, in clips; a problem is why it ended early or could not keep its measures."""

    what: str
    done: int
    total: int
    running: bool
    problem: str | None = None


class Background:
    """Measures what the cache does not hold, and scores it with a model; shows it in the catalogue.

    By default a processor is left alone, so that pages stay quick.
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
        self._problem: str | None = None
        self.progress = Progress("Looking for clips", 0, len(self._library), True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End early; measurements are kept."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def wait(self) -> None:
        """Wait until all is done."""
        self._thread.join()

    def _run(self) -> None:
        try:
            with one_blas_thread():
                self._measure()
                self._score()
        except OffkeyError as error:
            self._problem = str(error)
        except Exception as error:  # pages must say that nothing more comes, whatever it was
            self._problem = f"Measuring ended with an error of offkey itself: {error!r}."
        self._catalogue.publish()
        last = self.progress
        self.progress = Progress(last.what, last.done, last.total, False, self._problem)

    def _measure(self) -> None:
        catalogue, store = self._catalogue, self._store("measured", MEASURED)
        kept = Kept.of(store.tables(store.keys()) if store else ())
        states = {row: Identity.of_file(path, self._library.ids[row]).text_key for row, path in self._paths()}
        rate = self._lowest_rate(states, kept.rates())
        places = kept.places(rate)
        known = {row: places[state] for row, state in states.items() if state in places}
        catalogue.rate = rate
        catalogue.take(kept, known)
        catalogue.publish()
        missing = [row for row in states if row not in known]

        def one(row: int) -> tuple[FileState, Measured]:
            path = self._library.path(self._library.ids[row])
            measured = measure(path, name=self._name(row), rate=rate, channel=self._channel(row))
            return FileState.of(path) or FileState(0, 0), measured

        def take(row: int, outcome: tuple[FileState, Measured]) -> None:
            (size, mtime_ns), measured = outcome
            catalogue.put(row, measured, size=size, mtime_ns=mtime_ns)

        self._work_off("Measuring", one, missing, take, catalogue.publish, store, catalogue.kept)
        if store and (missing or not is_written(self._cache.folder)):
            self._keep(lambda: write_for_others(self._cache.folder, catalogue))

    def _score(self) -> None:
        model = self._model
        if model is None:
            return
        catalogue, library = self._catalogue, self._library
        store = self._store(f"windows-{self._model_key}", WINDOW_COLUMNS)
        states = {row: catalogue.state(row) for row, _ in self._paths() if "size" in catalogue.facts(row)}
        kept = windows_by_key(store.tables(states.values()) if store else ())
        windows = {library.ids[row]: kept[state] for row, state in states.items() if state in kept}
        missing = [row for row, state in states.items() if state not in kept]

        def one(row: int) -> list[dict[str, Any]]:
            return score_windows(model, library.path(library.ids[row]))

        def take(row: int, of_clip: list[dict[str, Any]]) -> None:
            windows[library.ids[row]] = of_clip

        def show() -> None:
            catalogue.set_scores(score_columns(clip_scores(windows), library))
            catalogue.set_windows(windows)
            catalogue.publish()

        def table(rows: Sequence[int]) -> pl.DataFrame:
            return score_table([states[row] for row in rows], [windows[library.ids[row]] for row in rows])

        show()
        self._work_off("Scoring", one, missing, take, show, store, table)

    def _work_off(
        self,
        what: str,
        work: Callable[[int], Answer],
        rows: Sequence[int],
        take: Callable[[int, Answer], None],
        show: Callable[[], None],
        store: KeyedStore | None,
        table: Callable[[Sequence[int]], pl.DataFrame],
    ) -> None:
        """Do work to the clips in some rows; take in, show and keep what comes of it, from time to time."""
        total = len(self._library)
        self.progress = Progress(what, total - len(rows), total, True)
        shown = saved = time.monotonic()
        unsaved = list[int]()

        def save() -> None:
            if store and unsaved:
                self._keep(lambda: store.write(table(unsaved)))
            unsaved.clear()

        for row, outcome in self._each(work, rows):
            take(row, outcome)
            unsaved.append(row)
            self.progress = Progress(what, self.progress.done + 1, total, True)
            now = time.monotonic()
            if now - shown > _PUBLISH_S:
                show()
                shown = now
            if now - saved > _SAVE_S:
                save()
                saved = time.monotonic()
        if rows:
            show()
            save()

    def _each(self, work: Callable[[int], Answer], rows: Iterable[int]) -> Iterator[tuple[int, Answer]]:
        """Yield what work gives for each row, leaving out clips that are gone."""

        def answer(row: int) -> tuple[int, Answer] | None:
            try:
                return row, work(row)
            except OffkeyError:
                return None

        with closing(Threads(self._jobs, ahead=2 * self._jobs + 1).map(answer, rows)) as answers:
            for outcome in answers:
                if self._stop.is_set():
                    return
                if outcome is not None:
                    yield outcome

    def _store(self, name: str, schema: Mapping[str, Any]) -> KeyedStore | None:
        """Open a store of the cache; if that fails, pages say so, and results are not kept."""
        try:
            return self._cache.store(name, schema)
        except OffkeyError as error:
            self._problem = str(error)
            return None

    def _keep(self, write: Callable[[], None]) -> None:
        """Write to the cache; where that cannot be, pages say so, and work goes on."""
        try:
            write()
        except OffkeyError as error:
            self._problem = str(error)

    def _paths(self) -> Sequence[tuple[int, Path]]:
        """Return row and file of each clip that may be read; of the others the reason goes into the catalogue."""
        paths = []
        for row, clip in enumerate(self._library.ids):
            try:
                paths.append((row, self._library.path(clip)))
            except OffkeyError as error:
                self._catalogue.refuse(row, str(error))
        return paths

    def _lowest_rate(self, states: Mapping[int, str], known: Mapping[str, int | None]) -> int:
        """Return the lowest sampling rate of the clips, at which their spectra can be compared; 0 if none is known."""
        rates = list[int | None]()
        for row, state in states.items():
            with suppress(OffkeyError):
                clip = self._library.ids[row]
                rates.append(known[state] if state in known else FileRecording(self._library.path(clip)).rate)
        known_rates = [rate for rate in rates if rate]
        return lowest_rate(known_rates) if known_rates else 0

    def _name(self, row: int) -> str:
        return self._library.name(self._library.ids[row])

    def _channel(self, row: int) -> Channel:
        table = self._library.table
        return int(table["channel"][row] or 0) if "channel" in table.columns else 0
