"""Scores of the clips: from a finished benchmark run, or from a model, kept in the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from offkey.errors import DataError
from offkey.experiments.benchmark.run_folder import read_run, read_run_scores
from offkey.model.held_out import held_out
from offkey.model.result import Scored, of_recording
from offkey.tables import label_of, number
from offkey.web.explore.library import Library
from offkey.work.keyed_store import KEY

if TYPE_CHECKING:
    from offkey.model import Model

__all__ = ["SCORE_COLUMNS", "model_digest", "run_scores", "score_columns", "score_table", "scores_by_key", "scores_of"]

SCORE_COLUMNS: dict[str, type[pl.DataType]] = {
    "score": pl.Float64,
    "p_value": pl.Float64,
    "anomalous": pl.Int64,
    "learnt": pl.Int64,
}
"""Scores of a model or run per clip; `learnt` is 1 where the model learnt from it: its score is cross-validated."""


def score_columns(scores: Mapping[str, Mapping[str, Any]], library: Library) -> dict[str, pl.Series]:
    """Return scores by clip (`SCORE_COLUMNS`) as columns in the order of the library, null without a score."""
    return {
        name: pl.Series(name, [scores.get(clip, {}).get(name) for clip in library.ids], dtype=kind)
        for name, kind in SCORE_COLUMNS.items()
    }


def score_table(keys: Sequence[str], scores: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return scores with the keys of their clips, as a part of a store; all null of a clip that cannot be scored."""
    columns = {name: [clip_scores.get(name) for clip_scores in scores] for name in SCORE_COLUMNS}
    return pl.DataFrame({KEY: keys, **columns}, schema={KEY: pl.String, **SCORE_COLUMNS})


def scores_by_key(tables: Iterable[pl.DataFrame]) -> dict[str, dict[str, Any]]:
    """Return the scores that a store holds, by the keys of the clips."""
    return {row.pop(KEY): row for table in tables for row in table.iter_rows(named=True)}


def run_scores(run: Path, library: Library) -> dict[str, dict[str, dict[str, Any]]]:
    """Read the scores of a run: combination to clip to values of `SCORE_COLUMNS`.

    The run names clips by their path from the data set's folder.
    """
    combinations = [str(entry["combination"]) for entry in read_run(run)["combinations"]]
    by_combination = {name: _of_run(run, name, library) for name in combinations}
    if not any(by_combination.values()):
        raise DataError(
            f"None of the clips of the run {run} is in {library.root}: give the folder that the benchmark was run on."
        )
    return by_combination


def model_digest(path: Path) -> str:
    """Return the digest of a model file, which is the key of its scores."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def scores_of(model: Model, path: Path) -> dict[str, Any]:
    """Return what a model says of a clip, by its most anomalous window; nothing if it cannot be scored."""
    features = replace(model.extractor(), digest=model.learnt is not None).extract(path)
    worst = of_recording(model.judge([features])[0])
    if not isinstance(worst, Scored):
        return {}
    result = held_out(model, worst, features.digest)
    values = {"score": result.score, "p_value": result.p_value, "anomalous": int(result.anomalous)}
    return values if model.learnt is None else {**values, "learnt": int(result is not worst)}


def _of_run(run: Path, combination: str, library: Library) -> dict[str, dict[str, Any]]:
    scores = {}
    for _, row in read_run_scores(run, combination):
        clip = library.find(row.get("file") or "")
        if clip is not None and not row.get("error"):
            values = {name: number(row.get(name) or "") for name in ("score", "p_value")}
            scores[clip] = {**values, "anomalous": label_of(row.get("anomalous") or "")}
    return scores
