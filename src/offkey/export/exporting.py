"""A model to a folder: graph, decision, vectors, C, and a page on all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ExportError, UsageError, check_installed
from offkey.export.calibration import calibration_arrays, calibration_content, check_channel
from offkey.export.events import event_rule
from offkey.export.folder import C_FOLDER, CALIBRATION, GRAPH, README, VECTORS, check_out, write_folder
from offkey.export.prototypes import with_memory
from offkey.export.readme import readme_text
from offkey.export.sizes import GraphSize, graph_size
from offkey.export.vectors import by_python, make_vectors, npz_bytes
from offkey.export.whole import SAMPLES, SCORE, VECTORS_OF_WINDOWS, whole_graph
from offkey.graph import quantise, write_onnx
from offkey.model import Model
from offkey.runtime.graph import Graph
from offkey.runtime.replay import SCORE_OF_C
from offkey.runtime.samples import full_scale

if TYPE_CHECKING:
    from offkey.export.c import Sizes

__all__ = ["TARGETS", "Exported", "export_model"]

TARGETS = ("onnx", "c")

_TELLING = ("like normal", "click", "clipped", "last bit", "valve")  # clips that the C is replayed by first
_ROUNDED = "Large weights behind the front end are whole numbers of 8 bits, so that scores differ from the model's."
_FEWEST, _MOST_SAMPLES = 2, 400_000  # of these


@dataclass(frozen=True)
class Exported:
    """The folder that was written.

    Parameters
    ----------
    folder : Path
        Where it is.
    files : dict of str to int
        Bytes of each file, by name.
    model : Model
        What was exported: the model that was given, or the smaller one that was made of it.
    model_of_c : Model or None
        What the C scores as: `model`, or with `int8` one whose weights are rounded as in C; None where it was not a
        target.
    graph : Graph or None
        As it stands in ``model.onnx``; None where it was not a target.
    size : GraphSize or None
        What the graph costs.
    room : Sizes or None
        What the C takes of a controller; None where it was not a target.
    calibration : dict
        As it stands in ``calibration.json``.
    notes : list of str
        Sentences on how it differs from the model that was given.

    Examples
    --------
    >>> from offkey.export import export_model
    >>> sorted(export_model(model, "pump7-edge").files)
    ['README.md', 'calibration.json', 'model.onnx', 'vectors.npz']
    """

    folder: Path
    files: dict[str, int]
    model: Model = field(repr=False)
    model_of_c: Model | None = field(repr=False)
    graph: Graph | None = field(repr=False)
    size: GraphSize | None = field(repr=False)
    room: Sizes | None = field(repr=False)
    calibration: dict[str, Any] = field(repr=False)
    notes: list[str] = field(default_factory=list)


def export_model(
    model: Model,
    folder: str | PathLike[str],
    *,
    targets: Collection[str] = ("onnx",),
    name: str | None = None,
    memory: int | None = None,
    int8: bool = False,
    flash: int | None = None,
    ram: int | None = None,
    hop_s: float | None = None,
    shadow: str | PathLike[str] | None = None,
) -> Exported:
    """Write a model as a folder that runs without offkey.

    Parameters
    ----------
    model : Model
        Fitted.
    folder : path
        One that is not there yet, that is empty, or that an export wrote before and that is replaced.
    targets : collection of str, default ("onnx",)
        Of ``"onnx"``, a graph for numpy or onnxruntime, and ``"c"``, one file of C99.
    name : str, optional
        Of the model, for people; by default that of the folder.
    memory : int, optional
        Keep so many normal clips at most, as prototypes by k-means: 16 or more.
    int8 : bool, default False
        Whether large weights behind the front end are whole numbers of 8 bits, each row with a scale of its own; in C
        those of the detector ``autoencoder`` alone.
    flash, ram : int, optional
        Bytes that a controller has for the C; what does not fit is refused.
    hop_s : float, optional
        Seconds from one window of a stream to the next; by default that of the shadow, else 1 s.
    shadow : path, optional
        Score file of normal sound in the order of time, by which events are counted.

    Returns
    -------
    Exported

    Raises
    ------
    ExportError
        If a part of the model cannot go; the sentence says what could.
    UsageError
        If the folder holds something else, or options do not go together.
    MissingExtraError
        If the package ``onnx`` is not installed.

    Examples
    --------
    >>> from offkey.export import check_export, export_model
    >>> exported = export_model(model, "pump7-edge")
    >>> check_export("pump7-edge").agrees
    True
    """
    place = Path(folder)
    _check_options(targets, flash=flash, ram=ram)
    check_out(place)
    check_channel(model)
    if "onnx" in targets:
        check_installed("onnx", "An export to ONNX", "onnx")
    model, notes = (model, []) if memory is None else with_memory(model, memory)
    graph, named = whole_graph(model) if "onnx" in targets else (None, ())
    of_c = (_with_int8(model) if int8 else model) if "c" in targets else None
    if int8:
        graph, notes = None if graph is None else _in_int8(graph), [*notes, _ROUNDED]
    if graph is None and of_c is not None:
        model = of_c
    rule = event_rule(model, hop_s, None if shadow is None else Path(shadow))
    files = {} if graph is None else {GRAPH: write_onnx(graph)}
    digest = hashlib.sha256(files[GRAPH]).hexdigest() if graph is not None else None
    calibration = calibration_content(model, rule, name=name or place.name, digest=digest)
    files[CALIBRATION] = _json_bytes(calibration)
    vectors = make_vectors(model, graph, named, is_exact=not int8) | calibration_arrays(calibration)
    if of_c is not None and of_c is not model:
        vectors[SCORE_OF_C] = by_python(of_c, vectors["clips"])[SCORE]
    files[VECTORS] = npz_bytes(vectors)
    room = None
    if "c" in targets:
        made, room = _in_c(model, calibration, _few(vectors), int8=int8, flash=flash, ram=ram)
        files |= made
    size = None if graph is None else graph_size(graph, {SAMPLES: full_scale(vectors["clips"][:1], "The clips")})
    files[README] = readme_text(model, calibration, files, size, notes, room).encode()
    write_folder(place, files)
    sizes = {one: len(content) for one, content in files.items()}
    return Exported(place, sizes, model, of_c, graph, size, room, calibration, notes)


def _check_options(targets: Collection[str], *, flash: int | None, ram: int | None) -> None:
    if not targets or set(targets) - set(TARGETS):
        raise UsageError(f"The targets of an export are {' and '.join(TARGETS)}. Got {sorted(targets)} instead.")
    if "c" not in targets and (flash is not None or ram is not None):
        raise UsageError("Flash and RAM are those of a controller: give them with the target c.")


def _with_int8(model: Model) -> Model:
    from offkey.export.c import with_int8

    return with_int8(model)


def _in_int8(graph: Graph) -> Graph:
    smaller = quantise(graph, after=VECTORS_OF_WINDOWS[0])
    if len(smaller.nodes) == len(graph.nodes):
        raise ExportError("The model has no large weights of products behind its front end: leave out --int8.")
    return smaller


def _few(vectors: Mapping[str, NDArray[Any]]) -> list[NDArray[np.int16]]:
    """Return as many of the clips as a file of text holds well, those first that say most."""
    order = np.argsort([_TELLING.index(name) if name in _TELLING else len(_TELLING) for name in vectors["names"]])
    clips = vectors["clips"][order]
    return list(clips[: max(_FEWEST, _MOST_SAMPLES // clips.shape[1])])


def _in_c(
    model: Model, calibration: dict[str, Any], clips: list[NDArray[np.int16]], *, int8: bool, **room: int | None
) -> tuple[dict[str, bytes], Sizes]:
    from offkey.export.c import c_sources, sizes

    hop_s = calibration["events"]["hop_s"]
    made = c_sources(model, calibration, int8=int8, hop_s=hop_s, clips=clips, **room)
    files = {f"{C_FOLDER}/{name}": text.encode() for name, text in made.items()}
    return files, sizes(model, calibration, hop_s=hop_s, int8=int8)


def _json_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
