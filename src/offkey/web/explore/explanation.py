"""Why a clip scores as it does, from the package `explain`, kept for the clips that were asked for last."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.errors import OffkeyError
from offkey.hearing.identity import FileState
from offkey.model import Model
from offkey.web.explore.explorer import Explorer
from offkey.web.failures import PageError

if TYPE_CHECKING:
    from offkey.explain.explanation import Explanation

__all__ = ["UnexplainedError", "explain_clip", "picture_of"]

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


def picture_of(explorer: Explorer, clip: str) -> bytes:
    """Return the explanation of a clip as a PNG image; errors as `explain_clip`."""
    from offkey.explain.drawing import draw

    explanation = explain_clip(explorer, clip)
    with _DRAWING:
        return draw(explanation)


def _model_and_path(explorer: Explorer, clip: str) -> tuple[Model, Path, FileState | None]:
    if explorer.model is None:
        raise PageError(404, "Clips are explained where a model was given: offkey explore ROOT --model M.offkey.")
    path = explorer.library.path(clip)
    return explorer.model, path, FileState.of(path)


@lru_cache(maxsize=16)
def _explained(model: Model, path: Path, state: FileState | None) -> Explanation:
    from offkey.explain import explain

    return explain(model, path)
