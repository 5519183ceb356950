"""The folder that ``offkey export`` writes: its files read and held against each other."""

from __future__ import annotations

import hashlib
import stat
from os import PathLike
from pathlib import Path

import numpy as np

from .calibration_file import CalibrationFile, read_calibration
from .engine import SAMPLES, SCORE, EngineName, make_engine
from .errors import FolderError, GraphError
from .graph import Graph, read_onnx
from .model import Model

__all__ = ["CALIBRATION", "GRAPH", "load", "read_decision", "read_graph", "read_small_file"]

CALIBRATION, GRAPH = "calibration.json", "model.onnx"
"""Names of the files in a folder that a model needs where it runs."""

_MOST_JSON = 64 << 20  # bytes
_MOST_ONNX = (1 << 31) - 1  # bytes, as of any protobuf file


def load(folder: str | PathLike[str], *, engine: EngineName = "auto") -> Model:
    """Load a model that ``offkey export`` wrote.

    Parameters
    ----------
    folder : path
        With ``model.onnx`` and ``calibration.json``.
    engine : {"auto", "numpy", "onnxruntime"}, default "auto"
        What runs the graph; by default onnxruntime where it is installed and takes the graph, else numpy.

    Returns
    -------
    Model

    Raises
    ------
    FolderError
        If a file is missing, damaged, of a later protocol, or the two are not of one export.
    GraphError
        If the graph cannot be read, or the engine does not take it.

    Examples
    --------
    >>> import offkey_runtime
    >>> offkey_runtime.load("pump7-edge").rate
    16000
    """
    place = Path(folder)
    found = read_decision(place)
    graph, content = read_graph(place, found)
    return Model(
        make_engine(engine, graph, content),
        found.calibration,
        rate=found.rate,
        window=found.window,
        hop=found.hop,
        channel=found.channel,
        events=found.events,
    )


def read_decision(folder: Path) -> CalibrationFile:
    """Read ``calibration.json`` of a folder.

    Parameters
    ----------
    folder : Path
        That ``offkey export`` wrote.

    Returns
    -------
    CalibrationFile

    Raises
    ------
    FolderError
        If the file is missing, damaged, of a later protocol, or holds values that cannot be.
    """
    path = folder / CALIBRATION
    return read_calibration(read_small_file(path, _MOST_JSON), str(path))


def read_graph(folder: Path, calibration: CalibrationFile) -> tuple[Graph, bytes]:
    """Read the graph of a folder.

    Parameters
    ----------
    folder : Path
        With ``model.onnx``.
    calibration : CalibrationFile
        Of the same folder.

    Returns
    -------
    graph : Graph
        From windows to scores.
    content : bytes
        Of the file.

    Raises
    ------
    FolderError
        If the file is missing, or not the one that the calibration was written for.
    GraphError
        If it is no graph from windows of the calibration's length to scores.
    """
    path = folder / GRAPH
    if calibration.sha256 is None:
        raise FolderError(
            f"{folder} was exported as C alone, without {GRAPH}: 'offkey export --check FOLDER --compile' compiles and "
            "runs its C to check it; for a graph, export the model again with --target onnx or all."
        )
    content = read_small_file(path, _MOST_ONNX)
    digest = hashlib.sha256(content).hexdigest()
    if digest != calibration.sha256:
        raise FolderError(
            f"{path} is not the graph that {CALIBRATION} beside it was written for: its SHA-256 is {digest[:12]}..., "
            f"and {calibration.sha256[:12]!r} was expected; copy both files of one export."
        )
    try:
        graph = read_onnx(content)
    except GraphError as error:
        raise GraphError(f"{path} cannot be used: {error}") from error
    _check_ports(graph, calibration.window, path)
    return graph, content


def read_small_file(path: Path, most: int) -> bytes:
    """Read a regular file of at most so many bytes; a FolderError says why it cannot be read."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):  # opening a pipe would wait for a writer that may never come
            raise FolderError(f"{path} is no regular file: give the folder that 'offkey export' wrote.")
        if state.st_size > most:
            raise FolderError(f"{path} has {state.st_size} bytes, more than any of its kind: export the model again.")
        return path.read_bytes()
    except OSError as error:
        raise FolderError(
            f"{path} cannot be read: {error.strerror or error}; give a folder that 'offkey export' wrote."
        ) from error
    except ValueError as error:  # a name that no file can have
        if isinstance(error, FolderError):
            raise
        raise FolderError(f"{path!s:.200} cannot be read: {error}.") from error


def _check_ports(graph: Graph, window: int, path: Path) -> None:
    """Check that a graph takes windows of the calibration's length, and gives scores."""
    found = {port.name: port for port in graph.inputs}
    port = found.get(SAMPLES)
    is_right = (
        len(found) == 1
        and port is not None
        and port.dtype == np.float32
        and len(port.shape) == 2
        and not isinstance(port.shape[0], int)
        and port.shape[1] == window
    )
    if not is_right:
        shapes = ", ".join(f"{name} {tuple(one.shape)}" for name, one in found.items()) or "nothing"
        raise GraphError(
            f"{path} takes {shapes:.200}; expected '{SAMPLES}' of float32 and the shape (batch, {window}): copy "
            f"{GRAPH} and {CALIBRATION} of one export."
        )
    if SCORE not in [one.name for one in graph.outputs]:
        raise GraphError(f"{path} gives no '{SCORE}': expected a graph that 'offkey export' wrote.")
