"""Why a clip scores as it does, from the package `explain`, kept for the clips that were asked for last.

Pages draw it as layers over the clip's spectrogram: its deviations from normal, the regions, and the score over time.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from offkey.errors import OffkeyError
from offkey.hearing.identity import FileState
from offkey.model import Model
from offkey.model.result import Scored
from offkey.pages import data_uri
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.png import grey_png
from offkey.web.failures import PageError

if TYPE_CHECKING:
    from offkey.explain.explanation import Explanation

__all__ = ["UnexplainedError", "explain_clip", "layers_of", "picture_of", "scores_over_time"]

_FULL = 6.0  # standard deviations that the darkest and the lightest grey of a picture of deviations stand for
_DRAWING = threading.Lock()  # of pictures, one at a time


class UnexplainedError(PageError):
    """A clip whose score cannot be explained, and why."""


def explain_clip(explorer: Explorer, clip: str) -> Explanation:
    """Explain the score of a clip; an UnexplainedError if the clip cannot be read or scored."""
    model, path, state = _model_and_path(explorer, clip)
    try:
        return _explained(model, path, state)
    except OffkeyError as error:
        raise UnexplainedError(422, explorer.library.redacted(clip, path, str(error))) from error


def picture_of(explorer: Explorer, clip: str, file_format: str, width: str | None) -> bytes:
    """Return the explanation of a clip as a picture, drawn as `offkey.explain.draw` does; errors as `explain_clip`."""
    from offkey.explain.drawing import draw

    explanation = explain_clip(explorer, clip)
    with _DRAWING:
        return draw(explanation, file_format=file_format, width=width)


def layers_of(explorer: Explorer, clip: str) -> dict[str, Any]:
    """Return what a page draws over the spectrogram of a clip; errors as `explain_clip`.

    ``deviations`` is a picture of grey levels, -6 standard deviations black and 6 white, the highest band on top;
    its bands lie between ``edges_hz``, its columns are ``frame_s`` apart. ``score`` has what each part of the time
    adds to the score; ``windows`` is true where the recording is longer than what is explained.
    """
    why = explain_clip(explorer, clip)
    levels = np.clip(np.round((why.deviations[::-1] / _FULL + 1) * 127.5), 0, 255).astype(np.uint8)
    recording = explorer.library.recording(clip)
    return {
        "start_s": why.start_s,
        "end_s": why.end_s,
        "frame_s": why.frame_s,
        "edges_hz": [*why.band_edges_hz[:, 0].tolist(), float(why.band_edges_hz[-1, 1])],
        "deviations": data_uri("image/png", grey_png(levels)),
        "regions": [
            {"low_hz": region.low_hz, "high_hz": region.high_hz, "spans_s": region.spans_s} for region in why.regions
        ],
        "score": {"edges_s": why.times.edges.tolist(), "values": why.times.values.tolist(), "threshold": None},
        "windows": (recording.seconds or 0.0) > 1.01 * (why.end_s - why.start_s),
    }


def scores_over_time(explorer: Explorer, clip: str) -> dict[str, Any]:
    """Return the score of each window of a recording, in the order of time; errors as `explain_clip`."""
    model, path, state = _model_and_path(explorer, clip)
    try:
        windows = _windows(model, path, state)
    except OffkeyError as error:
        raise UnexplainedError(422, explorer.library.redacted(clip, path, str(error))) from error
    return {
        "edges_s": [start for start, _, _ in windows] + [windows[-1][1]] if windows else [],
        "values": [score for _, _, score in windows],
        "threshold": model.threshold.value,
    }


def _model_and_path(explorer: Explorer, clip: str) -> tuple[Model, Path, FileState | None]:
    if explorer.model is None:
        raise PageError(404, "Clips are explained where a model was given: offkey explore ROOT --model M.offkey.")
    path = explorer.library.path(clip)
    return explorer.model, path, FileState.of(path)


@lru_cache(maxsize=16)
def _explained(model: Model, path: Path, state: FileState | None) -> Explanation:
    from offkey.explain import explain

    return explain(model, path)


@lru_cache(maxsize=16)
def _windows(model: Model, path: Path, state: FileState | None) -> list[tuple[float, float, float]]:
    """Return start and end in seconds, and score, of each window; one that cannot be scored has the threshold's."""
    return [
        (
            result.start_s or 0.0,
            result.end_s or 0.0,
            result.score if isinstance(result, Scored) else model.threshold.value,
        )
        for result in model.judge([model.extractor().extract(path)])[0]
    ]
