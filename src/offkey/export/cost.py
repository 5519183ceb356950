"""The cost of an export: what was exported beside the model, on labelled recordings or on the ten clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.audio.gate import check_samples
from offkey.errors import AudioError, DataError
from offkey.evaluation import auc
from offkey.export.clips import make_clips
from offkey.export.exporting import Exported
from offkey.export.vectors import score_scale
from offkey.export.whole import SAMPLES, SCORE, window_samples
from offkey.hearing.source import open_recording
from offkey.hearing.windows import Windowing
from offkey.listing import counted
from offkey.model import Model
from offkey.runtime.graph import run
from offkey.runtime.samples import full_scale
from offkey.work.library_threads import one_blas_thread

__all__ = [
    "Cost",
    "cost_on_clips",
    "cost_on_vectors",
    "costs_by_target",
    "exported_scores",
    "python_scores",
    "windows_of",
]

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
_AT_A_TIME = 8  # windows


@dataclass(frozen=True)
class Cost:
    """The differences between a model and what was exported of it.

    Parameters
    ----------
    recordings, windows : int
        That were scored by both.
    left_out : int
        Recordings that could not be: shorter than a window, silent, broken.
    largest : float
        The largest difference of the scores of a window, as a share of the score, or of how far normal scores are apart
        where that is more.
    decisions : int
        Windows that one of them calls anomalous, and the other does not.
    auc_model, auc_exported : float or None
        Of the recordings, each as anomalous as its most anomalous window; None without labels of both kinds.
    """

    recordings: int
    windows: int
    left_out: int
    largest: float
    decisions: int
    auc_model: float | None = None
    auc_exported: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the figures by name."""
        return dict(vars(self))

    def sentence(self) -> str:
        """Say what the export costs."""
        differ = f"largest difference {self.largest:.2g}, {counted(self.decisions, 'other decision')}"
        if self.auc_model is None or self.auc_exported is None:
            return (
                f"On the {self.windows} clips of vectors.npz, which no microphone recorded: {differ}; --test CLIPS "
                "measures the AUC on labelled recordings."
            )
        left_out = f", {self.left_out} left out" if self.left_out else ""
        return (
            f"On {counted(self.recordings, 'labelled recording')}{left_out}: AUC {self.auc_exported:.4f}, of the model "
            f"itself {self.auc_model:.4f}; {differ} in {counted(self.windows, 'window')}."
        )


def cost_on_vectors(model: Model, exported: Exported) -> Cost:
    """Return the cost on the ten clips, which have no labels.

    Parameters
    ----------
    model : Model
        What was to be exported.
    exported : Exported
        What was made of it.

    Returns
    -------
    Cost
    """
    clips = full_scale(np.stack(list(make_clips(model, window_samples(model)).values())), "The clips")
    return _cost(model, [_both(model, exported, clips)], 0)


def cost_on_clips(model: Model, exported: Exported, files: Sequence[Path], labels: Sequence[str | None]) -> Cost:
    """Return the cost on labelled recordings, cut into windows as the folder cuts them.

    Parameters
    ----------
    model, exported
        As of `cost_on_vectors`.
    files : sequence of Path
        The recordings.
    labels : sequence of str or None
        ``"normal"`` or ``"anomaly"`` of each; those without are left out.

    Returns
    -------
    Cost

    Raises
    ------
    DataError
        If none that can be scored is normal, or none anomalous.
    """
    known = [(file, label) for file, label in zip(files, labels, strict=True) if label is not None]
    found, truth = [], []
    for file, label in known:
        try:
            windows = np.stack(list(windows_of(model, file)))
        except AudioError:
            continue
        found.append(_both(model, exported, windows))
        truth.append(int(label == "anomaly"))
    if len(set(truth)) < 2:
        raise DataError(
            f"The clips of --test need labels of both kinds, in names, folders or a column 'label': "
            f"found {truth.count(0)} normal and {truth.count(1)} anomalous of {len(files)} that can be scored."
        )
    highest = [np.array([scores[which].max() for scores in found]) for which in (0, 1)]
    areas = [auc(truth, scores) for scores in highest]
    return replace(_cost(model, found, len(files) - len(found)), auc_model=areas[0], auc_exported=areas[1])


def windows_of(model: Model, file: Path) -> Iterator[Samples]:
    """Yield the windows of a recording, each as long as those of the folder; an AudioError says what is wrong."""
    cut, n = model.windowing, window_samples(model)
    extractor = replace(model.extractor(), windowing=Windowing.every(cut.window_s, cut.hop_s))
    for window in extractor.read(open_recording(file)):
        check_samples(window.samples, model.rate, name=str(file), at_least=n)
        yield window.samples[:n]


def costs_by_target(exported: Exported, cost_of: Callable[[Exported], Cost]) -> dict[str, Cost]:
    """Return the cost of each target, of those that score alike once.

    Parameters
    ----------
    exported : Exported
        A graph, C, or both.
    cost_of : callable
        Such as `cost_on_vectors` of a model.

    Returns
    -------
    dict of str to Cost
        ``"onnx"`` first, and ``"c"`` where there is no graph, or where the C has other weights.
    """
    in_c = exported.model_of_c
    found = {} if exported.graph is None and in_c is not None else {"onnx": cost_of(exported)}
    if in_c is not None and (exported.graph is None or in_c is not exported.model):
        found["c"] = cost_of(replace(exported, model=in_c, graph=None))
    return found


def exported_scores(exported: Exported, windows: Samples) -> Floats:
    """Return the scores of windows, shape (n_windows, n_samples), by the graph as numpy runs it."""
    if exported.graph is None:
        return python_scores(exported.model, windows)
    blocks = [windows[start : start + _AT_A_TIME] for start in range(0, len(windows), _AT_A_TIME)]
    with one_blas_thread():
        return np.concatenate([run(exported.graph, {SAMPLES: block}, [SCORE])[SCORE] for block in blocks])


def _both(model: Model, exported: Exported, windows: Samples) -> tuple[Floats, Floats]:
    return python_scores(model, windows), exported_scores(exported, windows)


def python_scores(model: Model, windows: Samples) -> Floats:
    """Return the scores of windows, shape (n_windows, n_samples), by offkey itself."""
    extractor = model.extractor()
    with one_blas_thread():
        return model.scores(np.stack([extractor.vector(window) for window in windows]))


def _cost(model: Model, found: Sequence[tuple[Floats, Floats]], left_out: int) -> Cost:
    before, after = (np.concatenate([scores[which] for scores in found]) for which in (0, 1))
    threshold = model.threshold.value
    return Cost(
        recordings=len(found),
        windows=len(before),
        left_out=left_out,
        largest=float((np.abs(after - before) / score_scale(model, before)).max()),
        decisions=int(((before > threshold) != (after > threshold)).sum()),
    )
