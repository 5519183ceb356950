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

__all__ = [
    "SCORE_COLUMNS",
    "WINDOW_COLUMNS",
    "clip_scores",
    "model_digest",
    "run_scores",
    "score_columns",
    "score_table",
    "score_windows",
    "windows_by_key",
]


SCORE_COLUMNS: dict[str, type[pl.DataType]] = {
    "score": pl.Float64,
    "p_value": pl.Float64,
    "anomalous": pl.Int64,
    "learnt": pl.Int64,
}
"""Scores of a model or run per clip; `learnt` is 1 where the model learnt from it: its score is cross-validated."""

WINDOW_COLUMNS: dict[str, Any] = {
    "start_s": pl.Float64,
    "end_s": pl.Float64,
    **SCORE_COLUMNS,
    "traits": pl.List(pl.Float64),
}
"""Scores of a model per window, with what the recording is like beside the machine (`offkey.hearing.traits`)."""


def score_columns(scores: Mapping[str, Mapping[str, Any]], library: Library) -> dict[str, pl.Series]:
    """Return scores by clip (`SCORE_COLUMNS`) as columns in the order of the library, null without a score."""
    return {
        name: pl.Series(name, [scores.get(clip, {}).get(name) for clip in library.ids], dtype=kind)
        for name, kind in SCORE_COLUMNS.items()
    }


def score_table(keys: Sequence[str], windows: Sequence[Sequence[Mapping[str, Any]]]) -> pl.DataFrame:
    """Return the windows of clips with the keys of these, as a part of a store; all null of one without a score."""
    rows = [{KEY: key, **row} for key, of_clip in zip(keys, windows, strict=True) for row in of_clip or [{}]]
    columns = {name: [row.get(name) for row in rows] for name in (KEY, *WINDOW_COLUMNS)}
    return pl.DataFrame(columns, schema={KEY: pl.String, **WINDOW_COLUMNS})


def windows_by_key(tables: Iterable[pl.DataFrame]) -> dict[str, list[dict[str, Any]]]:
    """Return the windows that a store holds, by the keys of their clips; none of a clip that cannot be scored."""
    windows: dict[str, list[dict[str, Any]]] = {}
    for table in tables:
        for row in table.iter_rows(named=True):
            of_clip = windows.setdefault(row.pop(KEY), [])
            of_clip += [row] if row["score"] is not None else []
    return windows


def clip_scores(windows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return the scores of clips (`SCORE_COLUMNS`) by their windows: those of the most anomalous one."""
    worst = {clip: max(rows, key=lambda row: row["score"]) for clip, rows in windows.items() if rows}
    return {clip: {name: row[name] for name in SCORE_COLUMNS} for clip, row in worst.items()}


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


def score_windows(model: Model, path: Path) -> list[dict[str, Any]]:
    """Return what a model says of the windows of a clip (`WINDOW_COLUMNS`); nothing if it cannot be scored.

    A clip that the model learnt from has one row, with its cross-validated score.
    """
    features = replace(model.extractor(), digest=model.learnt is not None).extract(path)
    results = [result for result in model.judge([features])[0] if isinstance(result, Scored)]
    if not results:
        return []
    worst = of_recording(results)
    unheard = held_out(model, worst, features.digest) if isinstance(worst, Scored) else worst
    learnt = unheard is not worst
    shown = [unheard] if learnt else results
    return [
        {
            "start_s": result.start_s,
            "end_s": result.end_s,
            "score": result.score,
            "p_value": result.p_value,
            "anomalous": int(bool(result.anomalous)),
            "learnt": None if model.learnt is None else int(learnt),
            "traits": None if result.traits is None else list(result.traits),
        }
        for result in shown
    ]


def _of_run(run: Path, combination: str, library: Library) -> dict[str, dict[str, Any]]:
    scores = {}
    for _, row in read_run_scores(run, combination):
        clip = library.find(row.get("file") or "")
        if clip is not None and not row.get("error"):
            values = {name: number(row.get(name) or "") for name in ("score", "p_value")}
            scores[clip] = {**values, "anomalous": label_of(row.get("anomalous") or "")}
    return scores
