"""A model as one graph: samples of windows in, anomaly scores out."""

from __future__ import annotations

import numpy as np

from offkey.detectors.fused import Fused
from offkey.errors import ExportError
from offkey.export.detectors import detector_nodes
from offkey.export.front_ends import front_end_nodes
from offkey.features.cycle import CYCLE
from offkey.features.normalisation import Standardiser
from offkey.graph import Builder
from offkey.hearing.extractor import Extractor
from offkey.model import Model
from offkey.runtime.engine import SAMPLES, SCORE
from offkey.runtime.graph import Graph

__all__ = ["SAMPLES", "SCORE", "VECTORS_OF_WINDOWS", "unused_columns", "whole_graph", "window_samples"]

_OF_SEVERAL, _STANDARDISED = "vector_of_parts", "standardised"
VECTORS_OF_WINDOWS = ("vector", _OF_SEVERAL)
"""Names of the tensor that is the vector of each window: that of the front end, or the mean of several such."""

_SAME = 1e-3  # of its length: by less a window may be shorter than the clips learnt without another score


def window_samples(model: Model) -> int:
    """Return the length of a window in samples: that by which the model cuts what is longer than its clips."""
    return round(model.windowing.window_s * model.rate)


def unused_columns(model: Model) -> slice:
    """Return the columns of a vector that its detector does not use, which are 0 in a graph; most often none.

    They are those of the cycle, the last ones, where the clips learnt have no common period.
    """
    detector = model.detector
    if isinstance(detector, Fused) and detector.cycle and detector.cycle_ is None:
        return slice(detector.n_features_ - len(CYCLE), detector.n_features_)
    return slice(0)


def whole_graph(model: Model) -> tuple[Graph, tuple[str, ...]]:
    """Return a model as a graph, and the names of its tensors that are worth a look.

    Parameters
    ----------
    model : Model
        Of any detector and front end for which there are nodes.

    Returns
    -------
    graph : Graph
        From `SAMPLES`, shape (batch, n) of float32, to `SCORE`, shape (batch,) of float64. The mean of each window is
        taken away within.
    named : tuple of str
        In the order in which they are computed.

    Raises
    ------
    ExportError
        If a part of the model has no form as a graph; the sentence says which would do.
    """
    _check_lengths(model)
    n, b = window_samples(model), Builder()
    vector = _vector(b, model, b.input(SAMPLES, np.float32, ("batch", n)), n)
    features = _standardised(b, model.standardiser, vector)
    scores = detector_nodes(b, model.detector, features)
    b.output(scores, SCORE, np.float64, ("batch",))
    return b.graph(), tuple(b.named)


def _check_lengths(model: Model) -> None:
    """Check that windows score as the clips learnt do: scores of shorter ones are equated by rank outside any graph."""
    lengths = model.lengths
    if lengths is None or model.by_length is None:
        return
    if model.windowing.window_s < (1 - _SAME) * lengths.clip_s:
        raise ExportError(
            f"The model cuts windows of {model.windowing.window_s:g} s but learnt from clips of {lengths.clip_s:g} s, "
            "and a graph cannot bring the scores of shorter windows to theirs: fit it again with "
            f"--window {model.windowing.window_s:g}."
        )


def _vector(b: Builder, model: Model, samples: str, n: int) -> str:
    """Add the front end: of a window that is longer than the clips learnt, the mean over its parts."""
    extractor = model.extractor()
    starts, length = extractor.parts(n)
    if starts == [0]:
        return _of_part(b, model, extractor, samples, length)
    parts = [b("Slice", samples, b.weight([start]), b.weight([start + length]), b.weight([1])) for start in starts]
    rows = _of_part(b, model, extractor, b("Concat", *parts, axis=0), length)
    n_features = model.detector.n_features_
    by_part = b("Reshape", b.cast(rows, np.float64), b.weight([len(starts), -1, n_features]))
    mean = b("ReduceMean", by_part, axes=[0], keepdims=0)
    return b("Identity", b.cast(mean, np.float32), name=_OF_SEVERAL)


def _of_part(b: Builder, model: Model, extractor: Extractor, samples: str, length: int) -> str:
    if extractor.centred:
        mean = b("ReduceMean", b.cast(samples, np.float64), axes=[1], keepdims=1)
        samples = b("Sub", samples, b.cast(mean, np.float32))
    without = ("cycle",) if unused_columns(model).stop else ()
    return front_end_nodes(b, model.front_end, samples, model.rate, length, without=without)


def _standardised(b: Builder, standardiser: Standardiser | None, vector: str) -> str:
    """Add what is taken away from features, and what they are divided by."""
    features = b.cast(vector, np.float64)
    if standardiser is None:
        return features
    moved = b("Sub", features, b.weight(standardiser.mean, np.float64))
    return b("Div", moved, b.weight(standardiser.scale, np.float64), name=_STANDARDISED)
