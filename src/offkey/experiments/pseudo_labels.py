"""Labels that a text-audio model proposes for clips that have none, from words for what is normal and what is not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from offkey.audio import Channel
from offkey.detectors.zero_shot import PROMPTS_ANOMALY, PROMPTS_NORMAL
from offkey.errors import DataError, UsageError
from offkey.features.embedding.clap import contrast
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.hearing.rates import common_rate
from offkey.model.config import make_config
from offkey.model.make_components import make_extractor
from offkey.tables import path_of, write_csv

if TYPE_CHECKING:
    import polars as pl

__all__ = ["COLUMNS", "Proposal", "Words", "propose_labels", "write_proposals"]

COLUMNS = ("file", "label", "proposed", "confidence", "anomaly_probability")
"""Columns of the labels file; ``proposed`` is always 1."""


@dataclass(frozen=True)
class Words:
    """The descriptions of normal and faulty sound, and the model that compares clips with them."""

    model: str = "laion/clap-htsat-unfused"
    normal: Sequence[str] = PROMPTS_NORMAL
    anomaly: Sequence[str] = PROMPTS_ANOMALY
    revision: str | None = None
    trust_remote_code: bool = False

    @property
    def source(self) -> dict[str, Any]:
        """The model, as parameters of the front end ``hub``."""
        return {"model": self.model, "revision": self.revision, "trust_remote_code": self.trust_remote_code}


@dataclass(frozen=True)
class Proposal:
    """The proposal for one clip.

    `probability`: of the anomalous prompts, by the model's softmax; of a long recording that of its most anomalous
        window.
    """

    file: str
    probability: float | None
    error: str | None = None

    @property
    def label(self) -> str | None:
        """``"anomaly"`` where that is the more probable, else ``"normal"``; None with an error."""
        return None if self.probability is None else "anomaly" if self.probability > 0.5 else "normal"

    @property
    def confidence(self) -> float | None:
        """Probability of the proposed label, from 0.5 to 1."""
        return None if self.probability is None else max(self.probability, 1 - self.probability)


def propose_labels(
    table: pl.DataFrame,
    words: Words,
    *,
    jobs: int | None = None,
    progress: Callable[[int], Callable[[], None]] | None = None,
) -> tuple[list[Proposal], list[str]]:
    """Propose a label for each test clip that has none.

    `table`: the data set, as `offkey.datasets.readers.read_dataset` gives it.
    `jobs`: number of threads; by default one per processor.
    `progress`: called with the number of clips; what it returns is called after each.
    """
    rows = [row for row in table.iter_rows(named=True) if row["split"] in (None, "test") and row["label"] is None]
    if not rows:
        raise DataError("There is no test clip without a label, so that there is nothing to propose.")
    files = [path_of(row["file"]) for row in rows]
    channels = {row["channel"] or 0 for row in rows}
    if len(channels) > 1:
        raise UsageError(
            "The clips are to be read on several channels: propose labels for each set of clips by itself."
        )
    read = contrast(normal=words.normal, anomaly=words.anomaly, **words.source)  # fails before the long work
    embedded, notes = _embeddings(files, words, channels.pop(), jobs, progress(len(files)) if progress else None)
    batch = Batch(embedded)
    log_odds = np.asarray(read.log_odds(batch.vectors)) if len(batch) else np.empty(0)
    errors = batch.errors
    proposals = [
        Proposal(clip.name, None, errors[number]) if odds is None else Proposal(clip.name, _probability(odds))
        for number, (clip, odds) in enumerate(zip(embedded, batch.highest(log_odds), strict=True))
    ]
    return proposals, [*notes, *_one_sided(proposals)]


def write_proposals(proposals: Sequence[Proposal], path: Path) -> None:
    """Write the labels file; a clip with an error is not in it."""
    sure = [one for one in proposals if one.probability is not None]
    rows = [(one.file, one.label, 1, f"{one.confidence:.4f}", f"{one.probability:.4f}") for one in sure]
    write_csv(path, [COLUMNS, *rows])


def _embeddings(
    files: Sequence[Path], words: Words, channel: Channel, jobs: int | None, advance: Callable[[], None] | None
) -> tuple[list[ClipFeatures], list[str]]:
    rate, notes = common_rate(files, None, jobs)
    config = make_config(features="hub", features_params=words.source, channel=channel)
    extractor = make_extractor(config, rate)
    embedded = list(extractor.extract_all(files, jobs=jobs, advance=advance))
    return embedded, [*notes, *extractor.front_end.notes()]


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def _one_sided(proposals: Sequence[Proposal]) -> list[str]:
    counts = Counter(one.label for one in proposals if one.label is not None)
    if len(counts) != 1:
        return []
    return [f"Every clip is proposed as {next(iter(counts))}, so that these labels measure nothing: try other prompts."]
