"""The summary of many clips, from which a model can be fitted: a sample, moments, and the bad clips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.detectors.moments import Moments
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.clip_table import clips_of, feature_schema, feature_table
from offkey.model.fitting.population import Population
from offkey.scale.reservoir import Reservoir

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BAD_CLIPS", "MOST_FEATURES", "Summary", "Tally"]

BAD_CLIPS = 1000
"""Clips with an error that are kept by name; of further ones only the number is."""

MOST_FEATURES = 2048
"""Features of which moments are kept; of so many they take 100 MB."""

_DIGESTS = 2**256
_ARRAYS = ("mean", "scatter", "third", "fourth")


@dataclass
class Tally:
    """The counts and moments that add up over the clips of a domain.

    `digest`: sum of their digests modulo 2^256, which tells sets of clips apart (the additive hash of D. Clarke et al.,
        "Incremental multiset hash functions", ASIACRYPT 2003).
    """

    clips: int = 0
    windows: int = 0
    seconds: float = 0.0
    digest: int = 0
    left_out: int = 0  # clips without any features
    moments: Moments | None = None  # of the feature vectors; None if there are none, or if they were not asked for

    @classmethod
    def of(cls, clips: Iterable[ClipFeatures], *, moments: bool) -> Tally:
        """Return the tally of some clips."""
        tally, vectors = cls(), list[NDArray[np.float32]]()
        for clip in clips:
            good = clip.usable_windows
            vectors += clip.vectors
            tally.clips += bool(good)
            tally.left_out += not good
            tally.seconds += sum(window.seconds for window in good)
            tally.digest = (tally.digest + (int(clip.digest, 16) if good else 0)) % _DIGESTS
        tally.windows = len(vectors)
        if moments and vectors and len(vectors[0]) <= MOST_FEATURES:
            tally.moments = Moments.of(np.array(vectors))
        return tally

    def add(self, other: Tally) -> None:
        """Take in the tally of other clips of the domain."""
        if other.windows:
            known = not self.windows or self.moments is not None
            both = [tally.moments for tally in (self, other) if tally.moments is not None]
            self.moments = Moments.merged(both) if known and other.moments is not None else None
        self.clips += other.clips
        self.windows += other.windows
        self.seconds += other.seconds
        self.digest = (self.digest + other.digest) % _DIGESTS
        self.left_out += other.left_out


@dataclass
class Summary:
    """A sample of some clips, a tally of each domain, and the first bad clips by name.

    Of summaries of parts the summary of the whole follows: the sample and the counts exactly, whatever the
    parts, the moments up to rounding.
    """

    capacity: int  # size of the sample
    moments: bool
    sample: Reservoir = field(init=False)
    tallies: dict[str, Tally] = field(default_factory=dict)
    bad: list[ClipFeatures] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sample = Reservoir(self.capacity)

    def add(self, clips: Iterable[ClipFeatures], domains: Mapping[str, str] | None = None) -> None:
        """Take in clips, with their domains by name where they are given."""
        by_domain: dict[str, list[ClipFeatures]] = {}
        for clip in clips:
            by_domain.setdefault(domains[clip.name] if domains else "", []).append(clip)
        for domain, members in by_domain.items():
            self.sample.add(members)
            self._note_bad(members)
            self._tally(domain, Tally.of(members, moments=self.moments))

    def merge(self, other: Summary) -> None:
        """Take in the summary of other clips."""
        self.sample.merge(other.sample)
        self._note_bad(other.bad)
        for domain, tally in other.tallies.items():
            self._tally(domain, tally)

    def kept(self) -> list[ClipFeatures]:
        """Return the sample and the bad clips, in the order of names."""
        return sorted([*self.sample.clips(), *self.bad], key=lambda clip: clip.name)

    def notes(self) -> list[str]:
        """Return notes for the user: that more clips are bad than are named."""
        left_out = sum(tally.left_out for tally in self.tallies.values())
        return [f"{left_out} clips could not be used, {BAD_CLIPS} are named."] if left_out > BAD_CLIPS else []

    def population(self) -> Population:
        """Return what is known of all clips with features."""
        tallies = {domain: self.tallies[domain] for domain in sorted(self.tallies) if self.tallies[domain].windows}
        moments = {domain: tally.moments for domain, tally in tallies.items() if tally.moments is not None}
        return Population(
            clips=sum(tally.clips for tally in tallies.values()),
            windows={domain: tally.windows for domain, tally in tallies.items()},
            seconds=sum(tally.seconds for tally in tallies.values()),
            digest=f"{sum(tally.digest for tally in tallies.values()) % _DIGESTS:064x}",
            moments=moments if len(moments) == len(tallies) else None,
        )

    def table(self) -> pl.DataFrame:
        """Return it as a table: the rows of the clips that are kept, and below them one row per domain."""
        from offkey.tables.polars_extra import pl

        return pl.concat([feature_table(self.kept()), _tally_table(self.tallies)], how="diagonal")

    @classmethod
    def of_table(cls, table: pl.DataFrame, capacity: int, *, moments: bool) -> Summary:
        """Return the summary that a table was made of."""
        is_tally = table["domain"].is_not_null()
        clips = list(clips_of(table.filter(~is_tally).select(*feature_schema())))
        summary = cls(capacity, moments)
        summary.sample.add(clips)
        summary._note_bad(clips)
        summary.tallies = _tallies(table.filter(is_tally))
        summary.sample.seen = sum(tally.clips for tally in summary.tallies.values())
        return summary

    def _note_bad(self, clips: Iterable[ClipFeatures]) -> None:
        """Keep the first clips by name among those without any features."""
        bad = [clip for clip in clips if not clip.usable_windows]
        self.bad = sorted([*self.bad, *bad], key=lambda clip: clip.name)[:BAD_CLIPS]

    def _tally(self, domain: str, tally: Tally) -> None:
        self.tallies.setdefault(domain, Tally()).add(tally)


def _tally_schema() -> dict[str, Any]:
    from offkey.tables.polars_extra import pl

    whole, text, numbers = pl.Int64, pl.String, pl.List(pl.Float64)
    counts = {"clips": whole, "windows": whole, "seconds": pl.Float64, "digest": text, "left_out": whole}
    return {"domain": text, **counts, **dict.fromkeys(_ARRAYS, numbers)}


def _tally_table(tallies: Mapping[str, Tally]) -> pl.DataFrame:
    """Return tallies as rows, in the order of domains, the digest as text and matrices flat."""
    from offkey.tables.polars_extra import pl

    rows: dict[str, list[Any]] = {name: [] for name in _tally_schema()}
    for domain in sorted(tallies):
        tally = tallies[domain]
        arrays = {name: None if tally.moments is None else getattr(tally.moments, name) for name in _ARRAYS}
        row = {**vars(tally), "domain": domain, "digest": f"{tally.digest:064x}"}
        row |= {name: None if array is None else pl.Series(array.reshape(-1)) for name, array in arrays.items()}
        for name, values in rows.items():
            values.append(row[name])
    return pl.DataFrame(rows, schema=_tally_schema())


def _tallies(table: pl.DataFrame) -> dict[str, Tally]:
    """Return the tallies of a table's rows, by domain."""
    found = {}
    for number, row in enumerate(table.select("domain", "clips", "windows", "seconds", "digest", "left_out").rows()):
        domain, clips, windows, seconds, digest, left_out = row
        mean, *matrices = [table[name][number] for name in _ARRAYS]
        moments = None
        if mean is not None:
            square = (len(mean), len(mean))
            moments = Moments(windows, mean.to_numpy(), *(matrix.to_numpy().reshape(square) for matrix in matrices))
        found[domain] = Tally(clips, windows, seconds, int(digest, 16), left_out, moments)
    return found
