"""Why a clip scores as it does, from the package `explain`, kept for the clips that were asked for last.

Pages draw it as layers over the clip's spectrogram: its deviations from normal, the regions, and the score over time.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from offkey.errors import OffkeyError
from offkey.hearing.identity import FileState
from offkey.model import Model
from offkey.pages import data_uri
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.png import grey_png
from offkey.web.explore.scores import score_windows
from offkey.web.failures import PageError

if TYPE_CHECKING:
    from offkey.explain.explanation import Explanation

__all__ = [
    "UnexplainedError",
    "explain_clip",
    "explain_part",
    "is_window",
    "layers_of",
    "picture_of",
    "scores_over_time",
]

_FULL = 6.0  # standard deviations that the darkest and the lightest grey of a picture of deviations stand for
_DRAWING = threading.Lock()  # of pictures, one at a time


class UnexplainedError(PageError):
    """A clip whose score cannot be explained, and why."""


def explain_clip(explorer: Explorer, clip: str, at: float | None = None) -> Explanation:
    """Explain the score of a clip; an UnexplainedError if the clip cannot be read or scored.

    A recording longer than the clips learnt is explained by the window at a moment, by default the most anomalous one.
    """
    model, path, state = _model_and_path(explorer, clip)
    try:
        return _explained(model, path, state, at)
    except OffkeyError as error:
        raise UnexplainedError(422, explorer.library.redacted(clip, path, str(error))) from error


def explain_part(explorer: Explorer, clip: str, start_s: float) -> Explanation:
    """Explain the window that begins at a moment as a clip of its own; errors as `explain_clip`."""
    model, path, state = _model_and_path(explorer, clip)
    try:
        return _explained_part(model, path, state, start_s)
    except OffkeyError as error:
        raise UnexplainedError(422, explorer.library.redacted(clip, path, str(error))) from error


def picture_of(explorer: Explorer, clip: str, file_format: str, width: str | None, at: float | None = None) -> bytes:
    """Return the explanation of a clip as a picture, drawn as `offkey.explain.draw` does; errors as `explain_clip`."""
    from offkey.explain.drawing import draw

    explanation = explain_clip(explorer, clip, at)
    with _DRAWING:
        return draw(explanation, file_format=file_format, width=width)


def is_window(explorer: Explorer, clip: str, why: Explanation) -> bool:
    """Tell whether an explanation is of a part of a recording."""
    return (explorer.library.recording(clip).seconds or 0.0) > 1.01 * (why.end_s - why.start_s)


def layers_of(explorer: Explorer, clip: str, at: float | None = None) -> dict[str, Any]:
    """Return what a page draws over the spectrogram of a clip; errors as `explain_clip`.

    ``deviations`` is a picture of grey levels, -6 standard deviations black and 6 white, the highest band on top;
    its bands lie between ``edges_hz``, its columns are ``frame_s`` apart. ``score`` has what each part of the time
    adds to the score; ``window`` is true where the recording is longer than what is explained.
    """
    why = explain_clip(explorer, clip, at)
    levels = np.clip(np.round((why.deviations[::-1] / _FULL + 1) * 127.5), 0, 255).astype(np.uint8)
    edges_s = why.times.edges.tolist()
    return {
        "start_s": why.start_s,
        "end_s": why.end_s,
        "frame_s": why.frame_s,
        "edges_hz": [*why.band_edges_hz[:, 0].tolist(), float(why.band_edges_hz[-1, 1])],
        "deviations": data_uri("image/png", grey_png(levels)),
        "regions": [
            {"low_hz": region.low_hz, "high_hz": region.high_hz, "spans_s": region.spans_s} for region in why.regions
        ],
        "score": {"spans_s": list(pairwise(edges_s)), "values": why.times.values.tolist(), "threshold": None},
        "window": is_window(explorer, clip, why),
    }


def scores_over_time(explorer: Explorer, clip: str) -> dict[str, Any]:
    """Return the scores of the windows of a recording, in the order of time; errors as `explain_clip`."""
    model, path, _ = _model_and_path(explorer, clip)
    try:
        windows = explorer.catalogue.windows.get(clip) or score_windows(model, path)  # before it was scored with all
    except OffkeyError as error:
        raise UnexplainedError(422, explorer.library.redacted(clip, path, str(error))) from error
    return {
        "spans_s": [(window["start_s"], window["end_s"]) for window in windows],
        "values": [window["score"] for window in windows],
        "threshold": model.threshold.value,
    }


def _model_and_path(explorer: Explorer, clip: str) -> tuple[Model, Path, FileState | None]:
    if explorer.model is None:
        raise PageError(404, "Clips are explained where a model was given: offkey explore ROOT --model M.offkey.")
    path = explorer.library.path(clip)
    return explorer.model, path, FileState.of(path)


@lru_cache(maxsize=16)
def _explained(model: Model, path: Path, state: FileState | None, at: float | None) -> Explanation:
    from offkey.explain import explain

    return explain(model, path, at)


@lru_cache(maxsize=16)
def _explained_part(model: Model, path: Path, state: FileState | None, start_s: float) -> Explanation:
    from offkey.explain.listening import explain_window

    return explain_window(model, path, start_s)
