"""An exported model held against what offkey computed when it was exported: ``vectors.npz`` replayed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import read_arrays
from .calibration import Calibration, Tail
from .calibration_file import CalibrationFile
from .engine import SAMPLES, SCORE, Engine, EngineName, make_engine
from .errors import FolderError
from .folder import CALIBRATION, read_decision, read_graph
from .graph import Graph
from .incomplete_gamma import SHAPES
from .samples import full_scale

__all__ = [
    "BETWEEN",
    "SCORE_OF_C",
    "TOLERANCE",
    "VECTORS",
    "Compared",
    "at_worst",
    "calibration_then",
    "read_vectors",
    "replay",
]

VECTORS = "vectors.npz"
"""Name of the file with clips and what offkey made of them.

``clips``: shape (n, window), int16. ``names``: shape (n,). ``score``, ``p_value``, ``anomalous``, ``surprise``: shape
(n,), by offkey; ``threshold``, ``normal_scores`` and ``tail`` (shape, scale, location) are what they follow from.
``rate``, ``hop``, ``channel`` and ``events`` (the numbers of the rule in the order of `EventRule`, where there is one)
are those of ``calibration.json`` as it was exported; folders of earlier versions lack them.
"""

SCORE_OF_C = "score_of_c"
"""Name of the scores of the C, shape (n,), where its weights are rounded otherwise than those of the graph."""

BETWEEN, TOLERANCE = "between/", "tolerance/"
"""Prefixes of tensors on the way to the score, shape (k, ...) for the first k clips, and of tolerances, shape (k,)."""

_MOST_SCORES = 1 << 20
_EXACT = 1e-9  # of p-values and surprises, which follow from the same scores

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Compared:
    """The difference of one tensor from what it was, at its worst clip.

    Parameters
    ----------
    name : str
        The tensor, or ``"p_value"``, ``"surprise"`` or ``"anomalous"``.
    clip : str
        The clip whose difference is largest beside its tolerance.
    difference : float
        The largest of any number of the tensor for this clip; infinity where there is no number.
    tolerance : float
        What it may be.
    """

    name: str
    clip: str
    difference: float
    tolerance: float

    @property
    def ok(self) -> bool:
        """Whether the difference is within the tolerance."""
        return self.difference <= self.tolerance

    def sentence(self) -> str:
        """Say in words how far the tensor is away."""
        away = f"is {self.difference:.3g} away" if math.isfinite(self.difference) else "has no finite number"
        return f"'{self.name}' of the clip '{self.clip}' {away}, where {self.tolerance:.3g} may be."


def replay(folder: str | PathLike[str], *, engine: EngineName = "auto") -> list[Compared]:
    """Run the clips of a folder through its graph, and compare every tensor that was kept.

    Parameters
    ----------
    folder : path
        As ``offkey export`` wrote it; that somebody changed its calibration since changes nothing here.
    engine : {"auto", "numpy", "onnxruntime"}, default "auto"
        What runs the graph. By numpy all tensors are compared, by onnxruntime the outputs of the graph.

    Returns
    -------
    list of Compared
        In the order of the graph; then the decisions.

    Raises
    ------
    FolderError
        If a file is missing or damaged, or holds other arrays.
    GraphError
        If the graph cannot be run, or has no tensor of a name.
    """
    place = Path(folder)
    calibration = read_decision(place)
    graph, content = read_graph(place, calibration)
    arrays = read_vectors(place, calibration)
    runner = make_engine(engine, graph, content)
    found = list(_tensors(graph, runner, arrays))
    scores = next(one for name, one in found if name == SCORE)
    return [_compared(name, values, arrays) for name, values in found] + _decisions(scores, arrays)


def read_vectors(folder: Path, calibration: CalibrationFile) -> Arrays:
    """Read ``vectors.npz`` of a folder.

    Parameters
    ----------
    folder : Path
        That ``offkey export`` wrote.
    calibration : CalibrationFile
        Of the same folder.

    Returns
    -------
    dict of str to ndarray
        As of `VECTORS`.

    Raises
    ------
    FolderError
        If the file is missing or damaged, holds other arrays, or was made for another rate or window.
    """
    arrays = _checked(read_arrays(folder / VECTORS), folder / VECTORS)
    now_and_then = {"window": (calibration.window, arrays["clips"].shape[1])}
    if "rate" in arrays:
        now_and_then["rate"] = (calibration.rate, int(arrays["rate"]))
    for name, (now, then) in now_and_then.items():
        if now != then:
            raise FolderError(
                f"'{name}' of {folder / CALIBRATION} is {now}, and the model was exported for {then}: it cannot be "
                f"edited, since all that was learnt rests on it; put {then} back."
            )
    return arrays


def calibration_then(arrays: Arrays) -> Calibration:
    """Return what decided about scores when a folder was exported, by its vectors."""
    tail = Tail(*(float(value) for value in arrays["tail"]))
    return Calibration([float(value) for value in arrays["normal_scores"]], float(arrays["threshold"]), tail)


def _tensors(graph: Graph, engine: Engine, arrays: Arrays) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield what the graph gives now for each tensor that was kept, clip by clip, in its own order."""
    order = [name for node in graph.nodes for name in node.outputs]
    kept = [name.removeprefix(BETWEEN) for name in arrays if name.startswith(BETWEEN)]
    if engine.name != "numpy":
        kept = [name for name in kept if name in [port.name for port in graph.outputs]]
    names = [*sorted(kept, key=lambda name: order.index(name) if name in order else -1), SCORE]
    counts = {name: len(arrays[_key(name)]) for name in names}
    rows: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    for number, clip in enumerate(arrays["clips"]):
        wanted = [name for name in names if number < counts[name]]
        given = engine.run({SAMPLES: full_scale(clip, "The clip")[None]}, wanted)
        for name in wanted:
            rows[name].append(given[name])
    for name in names:
        yield name, np.concatenate(rows[name])


def _compared(name: str, found: NDArray[Any], arrays: Arrays) -> Compared:
    expected, tolerance = arrays[_key(name)], arrays[TOLERANCE + name]
    if found.shape != expected.shape:
        return Compared(name, str(arrays["names"][0]), math.inf, float(tolerance[0]))
    away = np.abs(found.astype(np.float64) - expected.astype(np.float64)).reshape(len(expected), -1)
    worst = np.where(np.isfinite(away), away, np.inf).max(axis=1, initial=0)
    return at_worst(name, worst, tolerance, arrays)


def _decisions(scores: NDArray[np.float64], arrays: Arrays) -> list[Compared]:
    """Compare p-values and surprises of the scores as they were, and decisions about the scores as they are."""
    calibration, before = calibration_then(arrays), arrays[SCORE].tolist()
    p_values = np.array([calibration.p_value(score) for score in before])
    surprises = np.array([calibration.surprise(score) for score in before])
    is_other = (scores > calibration.threshold) != arrays["anomalous"]
    is_near = np.abs(arrays[SCORE] - calibration.threshold) <= arrays[TOLERANCE + SCORE]
    return [
        at_worst("p_value", np.abs(p_values - arrays["p_value"]), _EXACT * arrays["p_value"], arrays),
        at_worst("surprise", np.abs(surprises - arrays["surprise"]), _EXACT * (1 + arrays["surprise"]), arrays),
        at_worst("anomalous", (is_other & ~is_near).astype(np.float64), np.full(len(scores), 0.5), arrays),
    ]


def at_worst(name: str, away: NDArray[np.float64], tolerance: NDArray[np.float64], arrays: Arrays) -> Compared:
    """Return the difference of a tensor, both shape (n,), at the clip where it is largest beside its tolerance."""
    with np.errstate(over="ignore"):  # a file that nobody vouches for may be any distance away
        clip = int(np.argmax(np.where(away > 0, away / np.maximum(tolerance, 1e-300), 0)))
    return Compared(name, str(arrays["names"][clip]), float(away[clip]), float(tolerance[clip]))


def _key(name: str) -> str:
    """Return the name under which a tensor stands among the arrays."""
    return name if name == SCORE else BETWEEN + name


def _checked(arrays: Arrays, path: Path) -> Arrays:
    """Return the arrays, once all are there and go together."""
    n, window = arrays["clips"].shape if "clips" in arrays and arrays["clips"].ndim == 2 else (0, 0)
    shapes: dict[str, tuple[int, ...]] = {"clips": (n, window), "names": (n,), "threshold": (), "tail": (3,)}
    shapes |= dict.fromkeys((SCORE, "p_value", "anomalous", "surprise", TOLERANCE + SCORE), (n,))
    between = [name for name in arrays if name.startswith(BETWEEN)]
    shapes |= {TOLERANCE + name.removeprefix(BETWEEN): arrays[name].shape[:1] for name in between}
    later = {"rate": (), "hop": (), "channel": (), "events": (6,), SCORE_OF_C: (n,)}
    shapes |= {name: shape for name, shape in later.items() if name in arrays}
    for name, shape in shapes.items():
        if name not in arrays or arrays[name].shape != shape or not n * window:
            raise FolderError(
                f"{path} must hold the array '{name[:60]}' of the shape {shape}, and did not: export the model again."
            )
    fit = all(1 <= len(arrays[name]) <= n for name in between) and arrays["clips"].dtype == np.int16
    numbers = [name for name in shapes if name not in ("clips", "names", "channel")] + ["normal_scores", *between]
    for name in numbers:
        values = arrays.get(name, np.empty(0))
        fit = fit and values.size > 0 and values.dtype.kind in "fiub" and bool(np.isfinite(values).all())
    fit = fit and arrays["normal_scores"].ndim == 1 and 3 <= len(arrays["normal_scores"]) <= _MOST_SCORES
    if not fit or not (SHAPES[0] <= arrays["tail"][0] <= SHAPES[1] and arrays["tail"][1] > 0):
        raise FolderError(f"{path} holds arrays that do not go together: export the model again.")
    return arrays
