"""The normal clip that is most alike and can be heard: its sound is in the model, or its file is still there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offkey.audio import FileRecording
from offkey.errors import AudioError
from offkey.explain.explanation import Explanation
from offkey.model import Model
from offkey.model.reference import Reference
from offkey.tables import path_of

__all__ = ["closest_normal"]


def closest_normal(model: Model, explanation: Explanation) -> tuple[str, NDArray[np.float32]] | None:
    """Return the name and the sound of the normal clip whose levels over time are most alike, None if none is at hand.

    Looked at are the clips whose levels the model keeps (up to 48), the most alike first; a file counts where it is
    still the one that was learnt.

    Returns `sound`: shape (n,); at the model's rate.
    """
    reference = model.reference
    if reference is None:
        return None
    for row in reference.alike(explanation.levels_db, len(reference.names)):
        sound = reference.sound(row)
        if sound is None:
            sound = _of_file(model, reference, row)
        if sound is not None:
            return reference.names[row], sound
    return None


def _of_file(model: Model, reference: Reference, row: int) -> NDArray[np.float32] | None:
    path, learnt = path_of(reference.names[row]), model.learnt
    if learnt is None or not path.is_file():
        return None
    try:
        if learnt.score(FileRecording(path).digest()) is None:
            return None
        start_s = float(reference.spans_s[row, 0])
        return model.extractor().window(path, start_s if np.isfinite(start_s) else 0.0)
    except AudioError:
        return None
