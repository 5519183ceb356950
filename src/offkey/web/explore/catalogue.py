"""All that is known of the clips at this moment, as one table and the arrays beside it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from offkey.hearing.identity import Identity
from offkey.web.explore.kept import Kept, measured_table
from offkey.web.explore.library import Library
from offkey.web.explore.measures import FACTS, N_BANDS, Measured
from offkey.web.explore.space import Space

__all__ = ["Catalogue"]


class Catalogue:
    """The clips of a library with their measurements so far.

    One thread adds measurements and publishes them from time to time; others read the last publication, which never
    changes. `frame` is the library's table, then `FACTS`, then columns of scores; `windows` are those that a model
    scored, by clip. `mean` and `deviation` are spectra in
    dB, (clips, N_BANDS), NaN for clips that are not measured or cannot be. `version` rises with each publication.
    `rate` is that of the spectra in Hz, 0 before it is known.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self._facts: list[Mapping[str, Any]] = [{} for _ in library.ids]
        self._scores: dict[str, pl.Series] = {}
        self._place = {clip: row for row, clip in enumerate(library.ids)}
        self._mean = np.full((len(library), N_BANDS), np.nan, np.float32)
        self._deviation = self._mean.copy()
        self._publishing = threading.Lock()
        self.windows: Mapping[str, Sequence[Mapping[str, Any]]] = {}
        self.version = 0
        self.rate = 0
        self.publish()

    def row(self, clip: str) -> int:
        """Return the row of a clip in table and arrays."""
        return self._place[clip]

    def facts(self, row: int) -> Mapping[str, Any]:
        """Return the facts of the clip in a row, empty before it is measured."""
        return self._facts[row]

    def put(self, row: int, measured: Measured, *, size: int, mtime_ns: int) -> None:
        """Add the measurements of the clip in a row."""
        self._facts[row] = {**measured.facts, "size": size, "mtime_ns": mtime_ns}
        self._mean[row], self._deviation[row] = measured.mean, measured.deviation

    def refuse(self, row: int, reason: str) -> None:
        """Take in why the clip in a row is not read at all."""
        self._facts[row] = {"error": reason}

    def take(self, kept: Kept, places: Mapping[int, int]) -> None:
        """Add kept measurements; `places` maps rows of the catalogue to rows of `kept`."""
        facts = kept.table.select(list(FACTS)).rows(named=True)
        for row, at in places.items():
            self._facts[row] = facts[at]
        ours, theirs = list(places), list(places.values())
        self._mean[ours], self._deviation[ours] = kept.mean[theirs], kept.deviation[theirs]

    def set_scores(self, columns: Mapping[str, pl.Series]) -> None:
        """Add or replace columns of scores, one value per clip."""
        self._scores.update(columns)

    def set_windows(self, windows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Replace the windows that a model scored, by clip; see `offkey.web.explore.scores.WINDOW_COLUMNS`."""
        self.windows = dict(windows)

    def publish(self) -> None:
        """Publish what was added, for readers."""
        with self._publishing:
            facts = {name: [facts_of_clip.get(name) for facts_of_clip in self._facts] for name in FACTS}
            self.frame = pl.concat(
                [self.library.table, pl.DataFrame(facts, schema=FACTS), pl.DataFrame(self._scores)], how="horizontal"
            ).with_row_index("row")
            self.mean, self.deviation = self._mean.copy(), self._deviation.copy()
            self.version += 1

    def measured(self) -> NDArray[np.bool_]:
        """Tell which clips have a spectrum, shape (clips,)."""
        return np.isfinite(self.mean[:, 0])

    def state(self, row: int) -> str:
        """Return the clip in a row in the state in which it was measured."""
        facts = self._facts[row]
        return Identity(self.library.ids[row], (str(facts["size"]), str(facts["mtime_ns"]))).text_key

    def kept(self, rows: Sequence[int]) -> pl.DataFrame:
        """Return the measurements of the clips in some rows, as a store keeps them."""
        facts, states = [self._facts[row] for row in rows], [self.state(row) for row in rows]
        return measured_table(states, facts, self._mean[rows], self._deviation[rows], self.rate)

    def table(self) -> pl.DataFrame:
        """Return all that is known as a table for other programs: with whole paths, and where the clips lie."""
        space = Space(self.mean, self.deviation)
        points = np.full((len(self.library), space.points.shape[1]), np.nan, np.float32)
        points[space.rows] = space.points
        files = [str(self.library.root / name) for name in self.frame["name"]]
        return self.frame.with_columns(
            pl.Series("file", files, dtype=pl.String),
            pl.Series("embedding", points.tolist(), dtype=pl.List(pl.Float32)),
        )
