"""The scored clips that a report is of: a score file, or one combination of a benchmark's run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offkey.errors import UsageError
from offkey.evaluation.labels import find_labels, label_by_name
from offkey.evaluation.score_files import read_score_table
from offkey.evaluation.score_table import ScoredClip, ScoreTable
from offkey.experiments.benchmark.run_folder import read_run
from offkey.hearing.traits import Traits
from offkey.model import Model
from offkey.model.held_out import mark_learnt
from offkey.model.result import Scored
from offkey.tables import path_of

__all__ = ["ScoredClips", "read_scored", "windows_of", "with_held_out"]

_MOST_MEASURED = 8


@dataclass(frozen=True)
class ScoredClips:
    """Scored clips, the most anomalous first."""

    title: str
    clips: list[ScoredClip]
    failed: list[str]  # clips that could not be scored
    folders: list[Path]  # where clips are looked up by the name in their row
    threshold: float | None = None  # if one model scored all
    note: str = ""  # about clips that the model learnt from
    learnt: frozenset[str] = frozenset()  # files that the model learnt from

    @property
    def scores(self) -> NDArray[np.float64]:
        """Anomaly scores, shape (n_clips,)."""
        return np.array([clip.score for clip in self.clips], dtype=np.float64)

    @property
    def labels(self) -> NDArray[np.int8]:
        """0 for normal, 1 for anomalous, -1 where it is not known, shape (n_clips,)."""
        return np.array([-1 if clip.label is None else clip.label for clip in self.clips], dtype=np.int8)

    @property
    def domains(self) -> NDArray[np.str_]:
        """Domains, empty where not known, shape (n_clips,)."""
        return np.array([clip.domain or "" for clip in self.clips], dtype=np.str_)

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The files of the clips whose sound is there, by name."""
        return {clip.file: path for clip in self.clips if (path := self.path_of(clip)) is not None}

    def path_of(self, clip: ScoredClip) -> Path | None:
        """Return where the sound of a clip is, None if it is not there."""
        places = [path_of(folder / clip.file) for folder in self.folders]
        return next((path for path in places if path.is_file()), None)


def read_scored(
    path: Path,
    *,
    labels: Mapping[str, int] | None = None,
    combination: str | None = None,
    machine: str | None = None,
    section: str | None = None,
    threshold: float | None = None,
) -> ScoredClips:
    """Read scores of a file, or of one combination (by default the first) of a run.

    Labels (0 or 1 by file) default to those of the table or the files' names. `section` is also a machine id;
    `threshold` is that of the model.
    """
    if path.is_dir():
        file, folders = _of_run(path, combination)
    elif combination is not None:
        raise UsageError(f"The option --combination is of a run's folder, but {path} is a score file.")
    else:
        file, folders = path, [Path(), path.parent]
    table = read_score_table(file)
    clips = [
        clip for clip in _labelled(table, labels) if machine in (None, clip.machine) and section in (None, clip.section)
    ]
    if not clips:
        wanted = " ".join(part for part in (machine, section) if part)
        raise UsageError(f"{file} holds no scored clip{f' of {wanted}' if wanted else ''}.")
    clips.sort(key=lambda clip: -clip.score)
    if threshold is not None:
        clips = [replace(clip, anomalous=int(clip.score > threshold)) for clip in clips]
    return ScoredClips(str(path), clips, table.failed, folders, threshold)


def with_held_out(scored: ScoredClips, model: Model) -> ScoredClips:
    """Return scored clips with the cross-validated scores of those that the model learnt from."""
    if model.learnt is None:
        note = (
            "The model file does not keep which clips it learnt from: if they are among these, their scores are lower "
            "than those of equal new clips. Fit the model again to have their cross-validated scores."
        )
        return replace(scored, note=note)
    places = scored.paths
    learnt = mark_learnt(model, set(places.values()))
    if not learnt:
        return scored
    threshold = model.threshold.value
    held_out = {file: learnt[path] for file, path in places.items() if path in learnt}
    clips = [
        replace(clip, score=held_out[clip.file], anomalous=int(held_out[clip.file] > threshold))
        if clip.file in held_out
        else clip
        for clip in scored.clips
    ]
    clips.sort(key=lambda clip: -clip.score)
    note = f"The model was fitted on {len(held_out)} of these clips: their scores are cross-validated."
    return replace(scored, clips=clips, note=note, learnt=frozenset(held_out))


def windows_of(scored: ScoredClips, model: Model) -> list[Scored]:
    """Return the results of all windows; some clips are read again, to tell whether they were recorded as usual."""
    rows = [(clip.file, window) for clip in scored.clips for window in clip.windows]
    p_values = model.calibration.p_values([window.score for _, window in rows]).tolist()
    threshold = model.threshold.value
    new = [clip for clip in scored.clips if clip.file not in scored.learnt and len(clip.windows) == 1]
    traits = _traits(scored, model, new[:: max(1, len(new) // _MOST_MEASURED)][:_MOST_MEASURED])
    return [
        Scored(
            *(file, window.start_s, window.end_s, window.score, p_value, window.score > threshold),
            traits=traits.get(file),
        )
        for (file, window), p_value in zip(rows, p_values, strict=True)
    ]


def _traits(scored: ScoredClips, model: Model, clips: list[ScoredClip]) -> dict[str, Traits]:
    """Return what the recordings are like beside the machine, of those that can be read."""
    extractor, found = model.extractor(), {}
    for clip in clips:
        path = scored.paths.get(clip.file)
        windows = [] if path is None else extractor.extract(path).usable_windows
        if windows and windows[0].traits is not None:
            found[clip.file] = windows[0].traits
    return found


def _of_run(path: Path, combination: str | None) -> tuple[Path, list[Path]]:
    """Return the score file of one combination, and where the clips are."""
    content = read_run(path)
    names = [entry["combination"] for entry in content["combinations"]]
    chosen = combination or names[0]
    if chosen not in names:
        raise UsageError(f"The run {path} has no combination {chosen!r}: it has {', '.join(names)}.")
    return path / "scores" / f"{chosen}.csv", [Path(content.get("root", "."))]


def _labelled(table: ScoreTable, labels: Mapping[str, int] | None) -> list[ScoredClip]:
    """Return the clips with their labels, None where unknown."""
    if labels is not None:
        given = find_labels(table, labels).values
        return [replace(clip, label=label) for clip, label in zip(table.clips, given, strict=True)]
    if table.labelled:
        return table.clips
    return [replace(clip, label=label_by_name(clip.file)) for clip in table.clips]
