"""Shared state of the explorer's pages: the clips, their measures and scores, and the labels and notes of people."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from offkey.audio import Channel
from offkey.audio.channel import check_channel
from offkey.datasets.check import CheckResult, check_table
from offkey.datasets.inspection import Inspection
from offkey.model import Model, load
from offkey.web.explore.background import Background, Progress
from offkey.web.explore.batches import Batches
from offkey.web.explore.cache import Cache, default_folder
from offkey.web.explore.catalogue import Catalogue
from offkey.web.explore.evaluating import evaluating
from offkey.web.explore.labels import DECIDED, Labels
from offkey.web.explore.library import Library, open_library
from offkey.web.explore.notes import NOTES, Notes
from offkey.web.explore.projection import Umap
from offkey.web.explore.query import Query, choices, ranges, select
from offkey.web.explore.scores import model_digest, run_scores, score_columns
from offkey.web.explore.selections import Selections
from offkey.web.explore.space import Space

__all__ = ["Explorer", "open_explorer"]

Made = TypeVar("Made")


class Explorer:
    """A data set that is being explored; `model_key` identifies the model, `machine` is the name of what it learnt.

    `commands` evaluate scores of the model, or of the run, against the labels that people gave; see `evaluating`.
    """

    def __init__(
        self,
        library: Library,
        cache: Cache,
        *,
        model: Model | None = None,
        model_key: str = "",
        machine: str = "",
        jobs: int | None = None,
        commands: Sequence[str] = (),
    ) -> None:
        self.commands = commands
        self.library, self.cache, self.model, self.machine = library, cache, model, machine
        self.catalogue = Catalogue(library)
        self.labels = Labels(library)
        self.batches = Batches(self.labels)
        self.notes = Notes(library.root / NOTES)
        self.selections = Selections(cache, library)
        self.umap = Umap(cache)
        self.background = Background(self.catalogue, cache, model=model, model_key=model_key, jobs=jobs)
        self._kept: dict[str, tuple[Any, Any]] = {}
        self._locks: dict[str, threading.Lock] = {}

    @property
    def progress(self) -> Progress:
        """The progress of the background."""
        return self.background.progress

    def frame(self) -> pl.DataFrame:
        """Return all clips with all that is known of them, also ``own_label`` and ``comment``."""
        labels = self.labels.all()
        return self.once("frame", (self.catalogue.version, self.labels.version), lambda: self._labelled(labels))

    def space(self) -> Space:
        """Return where the clips lie that were measured so far."""
        catalogue = self.catalogue
        return self.once("space", catalogue.version, lambda: Space(catalogue.mean, catalogue.deviation))

    def choices(self) -> dict[str, list[str]]:
        """Return the columns to choose clips by, with their values."""
        frame = self.frame()
        return self.once("choices", (self.catalogue.version, self.labels.version), lambda: choices(frame))

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Return the columns of numbers to choose clips by, with their least and greatest values."""
        frame = self.frame()
        return self.once("ranges", self.catalogue.version, lambda: ranges(frame))

    def query(self, params: Iterable[tuple[str, str]]) -> Query:
        """Read which clips an address asks for; where there are scores the highest come first."""
        frame = self.frame()
        query = Query.read(params, frame.columns)
        if not (query.sort or query.descending) and "score" in frame.columns:
            query = replace(query, sort="score", descending=True)
        numbers = self.ranges()
        low, high = ({name: v for name, v in one.items() if name in numbers} for one in (query.low, query.high))
        return replace(query, low=low, high=high)  # a column of words has no least value

    def chosen(self, query: Query) -> pl.DataFrame:
        """Return the clips that a query asks for, on all pages."""
        members = self.selections.get(query.selection) if query.selection else None
        return select(self.frame(), query, members)

    def clip(self, clip: str) -> dict[str, Any]:
        """Return the row of a clip; a PageError (404) if there is none."""
        self.library.name(clip)
        return self.frame().row(self.catalogue.row(clip), named=True)

    def channel(self, clip: str, name: str) -> Channel:
        """Return the channel that is asked for, or else the one that the data set names for a clip."""
        if name:
            return check_channel(name)  # parts of a recording are shown, which take a difference of samples
        named = self.clip(clip).get("channel")
        return int(named) if named is not None else 0

    def check(self) -> CheckResult:
        """Say what `offkey data check` would find among the clips measured so far."""
        return self.once("check", self.catalogue.version, self._check)

    def _check(self) -> CheckResult:
        measured = self.catalogue.frame.filter(pl.col("size").is_not_null() | pl.col("error").is_not_null())
        files = self.library.clips["file"]
        inspections = [_inspection(row, files[row["row"]]) for row in measured.iter_rows(named=True)]
        return check_table(self.library.dataset, self.library.root, self.library.clips, inspections)

    def _labelled(self, labels: Mapping[str, Any]) -> pl.DataFrame:
        ids = self.library.ids
        clip_labels = [labels.get(clip) for clip in ids]
        return self.catalogue.frame.with_columns(
            pl.Series("own_label", [label.label if label else None for label in clip_labels], dtype=pl.String),
            pl.Series("comment", [label.comment if label else None for label in clip_labels], dtype=pl.String),
        )

    def once(self, name: str, key: Any, make: Callable[[], Made]) -> Made:
        """Return the value kept under a name, made again only if the key has changed."""
        with self._locks.setdefault(name, threading.Lock()):  # other pages need not wait
            known = self._kept.get(name)
            if known is None or known[0] != key:
                known = (key, make())
                self._kept[name] = known
            made: Made = known[1]
            return made


def open_explorer(
    dataset: str,
    root: Path,
    *,
    machines: Sequence[str] | None = None,
    model: Path | None = None,
    run: Path | None = None,
    cache: Path | None = None,
    jobs: int | None = None,
    trust_remote_code: bool = False,
) -> Explorer:
    """Open a data set; nothing is measured before its `background` is started.

    `run` is the folder of a benchmark run whose scores are shown; `cache` defaults to a folder in the user's cache
    folder; `jobs` clips are measured at a time.
    """
    library = open_library(dataset, root, machines)
    fitted = load(model, trust_remote_code=trust_remote_code) if model is not None else None
    explorer = Explorer(
        library,
        Cache(cache or default_folder(dataset, library.root)),
        model=fitted,
        model_key=model_digest(model) if model is not None else "",
        machine=model.stem if model is not None else "",
        jobs=jobs,
        commands=evaluating(library.root / DECIDED, model=model, run=run),
    )
    if run is not None:
        systems = run_scores(run, library)
        for number, (name, scores) in enumerate(systems.items()):
            columns = score_columns(scores, library)
            if number == 0:
                explorer.catalogue.set_scores(columns)
            if len(systems) > 1:
                explorer.catalogue.set_scores({f"score {name}": columns["score"].alias(f"score {name}")})
        explorer.catalogue.publish()
    return explorer


def _inspection(row: Mapping[str, Any], file: str) -> Inspection:
    return Inspection(
        file=file,
        error=row["error"],
        rate=row["rate"] or 0,
        channels=row["channels"] or 0,
        seconds=row["seconds"] or 0.0,
        clipped=row["clipped"] or 0,
        silent_channels=tuple(int(index) for index in (row["silent_channels"] or "").split()),
        digest=row["digest"] or "",
    )
