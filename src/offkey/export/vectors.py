"""The contents of ``vectors.npz``: ten clips, and what offkey makes of them on the way to the decision."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ExportError
from offkey.export.clips import make_clips
from offkey.export.whole import SAMPLES, SCORE, VECTORS_OF_WINDOWS, unused_columns, window_samples
from offkey.features.base import Pooled
from offkey.model import Model
from offkey.runtime.graph import Graph, Plan
from offkey.runtime.replay import BETWEEN, TOLERANCE
from offkey.runtime.samples import full_scale
from offkey.work.library_threads import one_blas_thread

__all__ = [
    "by_python",
    "make_vectors",
    "npz_bytes",
    "score_scale",
    "score_tolerance",
]

_OF_SCORE, _OF_OTHERS = (
    1e-4,
    1e-3,
)  # greatest difference, as a share of the score, and of the largest number of a tensor
_MOST_BYTES, _MOST_OF_ONE = 2**19, 2**21  # of a tensor for several clips, and for one
_VECTOR, _LEVELS = "vector", "levels"

Arrays = dict[str, NDArray[Any]]


def make_vectors(
    model: Model, graph: Graph | None = None, named: Sequence[str] = (), *, is_exact: bool = True
) -> Arrays:
    """Return what stands in ``vectors.npz``, by name.

    Parameters
    ----------
    model : Model
        What the clips are scored by, in Python.
    graph : Graph, optional
        The same model as a graph; None where a folder has none.
    named : sequence of str, optional
        Its tensors that are worth a look. Those that Python has too are Python's: the vector and the levels; the
        others are those of the graph as numpy runs it.
    is_exact : bool, default True
        Whether the graph must give what Python gives; where its weights were rounded, all but the sound is its own.

    Returns
    -------
    dict of str to ndarray
        ``clips``, ``names``, ``score``, ``p_value``, ``anomalous``, ``surprise``; tensors between, of so many clips
        that files stay small, and how far another program may be from each. The calibration that they follow from is
        `offkey.export.calibration.calibration_arrays`.

    Raises
    ------
    ExportError
        If the graph does not give what Python gives.
    """
    made = make_clips(model, window_samples(model))
    clips = np.stack(list(made.values()))
    found = by_python(model, clips)
    vectors = found.pop(_VECTOR)
    vectors[:, unused_columns(model)] = 0
    of_python = {**dict.fromkeys(VECTORS_OF_WINDOWS, vectors), **_levels(model, clips)}
    tolerance = score_tolerance(model, found[SCORE])
    arrays = {"clips": clips, "names": np.array(list(made)), **found}
    arrays[TOLERANCE + SCORE] = tolerance
    if graph is None:
        return arrays | _held(_VECTOR, vectors)
    names = [name for name in named if name != SCORE]
    tensors = _by_graph(graph, clips, [*names, SCORE])
    scores = tensors.pop(SCORE)
    if is_exact:
        _check(SCORE, scores, found[SCORE], tolerance)
    else:
        arrays |= _decided(model, scores)
        arrays[TOLERANCE + SCORE] = score_tolerance(model, scores)
    for name, values in tensors.items():
        python = of_python.get(name) if is_exact else None
        if python is not None and python.shape == values.shape:
            _check(name, values, python, _tolerance(python))
            values = python
        if len(values) == len(clips):
            arrays |= _held(name, values)
    return arrays


def by_python(model: Model, clips: NDArray[np.int16]) -> Arrays:
    """Return vector, score, p-value, decision and surprise of clips, shape (n_clips, n_samples), by offkey itself."""
    extractor = model.extractor()
    with one_blas_thread():
        vectors = np.stack([extractor.vector(clip) for clip in full_scale(clips, "The clips")])
        scores = model.scores(vectors)
    return {_VECTOR: vectors, **_decided(model, scores)}


def _by_graph(graph: Graph, clips: NDArray[np.int16], names: Sequence[str]) -> Arrays:
    """Return tensors of a graph, clip by clip, as it will run."""
    plan = Plan(graph, names)
    found = [plan({SAMPLES: clip[None]}) for clip in full_scale(clips, "The clips")]
    return {name: np.concatenate([one[name] for one in found]) for name in names}


def _decided(model: Model, scores: NDArray[np.float64]) -> Arrays:
    calibration = model.calibration
    return {
        SCORE: scores,
        "p_value": calibration.p_values(scores),
        "anomalous": scores > model.threshold.value,
        "surprise": calibration.surprises(scores),
    }


def score_scale(model: Model, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the difference of a score is a share of: the score, or how far normal scores are apart if larger."""
    normal = model.calibration.normal_scores
    least = max(float(normal[-1] - normal[0]), float(np.abs(normal).max()) * 1e-3, float(np.finfo(float).tiny))
    return np.maximum(np.abs(scores), least)


def score_tolerance(model: Model, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far another program may be from each score: 1e-4 of its scale."""
    return _OF_SCORE * score_scale(model, scores)


def npz_bytes(arrays: Arrays) -> bytes:
    """Return arrays as a compressed file of numpy; the same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, **cast("dict[str, Any]", arrays))
    return file.getvalue()


def _levels(model: Model, clips: NDArray[np.int16]) -> Arrays:
    """Return the frames of a front end that pools frames, shape (n_clips, n_bands, n_frames)."""
    extractor, front_end = model.extractor(), model.front_end
    starts, _ = extractor.parts(clips.shape[1])
    if not isinstance(front_end, Pooled) or starts != [0]:
        return {}
    samples = full_scale(clips, "The clips")
    if extractor.centred:
        samples = samples - samples.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
    return {_LEVELS: np.stack([front_end.frames(clip, model.rate) for clip in samples])}


def _tolerance(values: NDArray[Any]) -> NDArray[np.float64]:
    rows = np.abs(values.reshape(len(values), -1).astype(np.float64))
    return np.asarray(_OF_OTHERS * rows.max(axis=1, initial=1e-6), np.float64)


def _held(name: str, values: NDArray[Any]) -> Arrays:
    """Return a tensor of as many clips as stay small, with its tolerances; nothing where one clip is too much."""
    of_one = values[0].nbytes
    if of_one > _MOST_OF_ONE or values.dtype.kind not in "fiub":
        return {}
    kept = values[: max(1, _MOST_BYTES // max(1, of_one))]
    return {BETWEEN + name: kept, TOLERANCE + name: _tolerance(kept)}


def _check(name: str, found: NDArray[Any], expected: NDArray[Any], tolerance: NDArray[np.float64]) -> None:
    away = np.abs(found.astype(np.float64) - expected).reshape(len(expected), -1).max(axis=1)
    worst = int(np.argmax(np.where(np.isfinite(away), away / tolerance, np.inf)))
    if not away[worst] <= tolerance[worst]:
        raise ExportError(
            f"The graph of this model does not do what the model does: its tensor '{name}' is {away[worst]:.3g} away, "
            f"where {tolerance[worst]:.3g} may be; please report the model's front end and detector."
        )
