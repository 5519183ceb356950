"""The outcome of a candidate on a cell: the scores of the test clips, beside their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell

__all__ = ["TOLD_RATES", "CellScores", "ClipScore", "Outcome"]

TOLD_RATES = (0.01, 0.05)
"""False-alarm rates for which the recall is told, whatever rate was asked for."""


@dataclass(frozen=True)
class ClipScore:
    """The score of one test clip; of a long recording that of its most anomalous window.

    `score`, `p_value`: as in `offkey.model.Result`; None if there is an error.
    """

    name: str
    score: float | None
    p_value: float | None
    anomalous: int | None  # 1 if the score exceeds the threshold, else 0
    error: str | None = None


@dataclass(frozen=True)
class CellScores:
    """The scores of one candidate on one cell.

    `train_digest`, `test_digest`: SHA-256 over the contents of the training clips, and of the test clips.
    `fit_s`, `score_s`: how long fitting and scoring took, in seconds, reading apart.
    `thresholds`: the threshold for each of `TOLD_RATES`, by its text; empty where nothing was calibrated.
    `size_mb`: size of what the detector has learnt, in MB; None where an earlier version scored.
    """

    digest: str  # of all that it depends on, as `digest_of` gives it
    clips: list[ClipScore]
    error: str | None = None
    n_train: int = 0
    train_digest: str = ""
    test_digest: str = ""
    rate: int | None = None
    threshold: float | None = None
    left_out: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fit_s: float = 0.0
    score_s: float = 0.0
    thresholds: dict[str, float] = field(default_factory=dict)
    size_mb: float | None = None


@dataclass(frozen=True)
class Outcome:
    """The scores of one candidate on one cell, with the clips' labels."""

    candidate: Candidate
    cell: Cell
    scored: CellScores

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Mask of the test clips with a score and a label, shape (n_test,)."""
        clips = zip(self.cell.test, self.scored.clips, strict=True)
        return np.array([clip.label is not None and scored.score is not None for clip, scored in clips], dtype=np.bool_)

    @cached_property
    def labels(self) -> NDArray[np.int8]:
        """Labels of the clips that are `known`."""
        return np.array([clip.label for clip in self._among(self.cell.test)], dtype=np.int8)

    @property
    def threshold(self) -> float | None:
        """The score above which a clip is called anomalous; None where there is no model."""
        return self.scored.threshold

    @cached_property
    def domains(self) -> NDArray[np.str_]:
        """Domains of the clips that are `known`, empty where unknown."""
        return np.array([clip.domain or "" for clip in self._among(self.cell.test)], dtype=np.str_)

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """Anomaly scores of the clips that are `known`."""
        return np.array([clip.score for clip in self._among(self.scored.clips)], dtype=np.float64)

    @cached_property
    def decisions(self) -> NDArray[np.int8]:
        """Decisions about the clips that are `known`, 1 for anomalous."""
        return np.array([clip.anomalous for clip in self._among(self.scored.clips)], dtype=np.int8)

    def recall_at(self, rate: float, among: NDArray[np.bool_]) -> float | None:
        """Return the share of anomalies above the threshold for a false-alarm rate; None where there is none.

        `among`: mask of the clips that count, of those that are `known`.
        """
        threshold, anomalous = self.scored.thresholds.get(f"{rate:g}"), among & (self.labels == 1)
        return None if threshold is None or not anomalous.any() else float((self.scores[anomalous] > threshold).mean())

    @property
    def n_errors(self) -> int:
        """Number of test clips without a score."""
        return sum(clip.score is None for clip in self.scored.clips)

    def _among(self, clips: Sequence[Any]) -> list[Any]:
        return [clip for clip, known in zip(clips, self.known, strict=True) if known]
