"""Whether the parts of a model that was read from a file fit each other, found out before the first clip is scored."""

from __future__ import annotations

import numpy as np

from offkey.components import Learnt, Numbers, check_forms
from offkey.errors import ParameterError
from offkey.model.model import Model

__all__ = ["check_hearing", "check_together"]

_STANDARDISER: dict[str, Learnt] = {"mean": Numbers("features"), "scale": Numbers("features", positive=True)}


def check_together(model: Model) -> None:
    """Check that detector, standardiser and reference fit each other, and that a row of zeros can be scored."""
    n_features = model.detector.n_features_
    if model.standardiser is not None:
        check_forms("The standardiser", _STANDARDISER, model.standardiser, {"features": n_features})
    if model.reference is not None:
        model.reference.check(n_features, model.rate)
    with np.errstate(all="ignore"):
        scores = model.scores(np.zeros((1, n_features), np.float32))
    if scores.shape != (1,) or not np.isfinite(scores).all():
        raise ParameterError(f"What '{model.detector.name}' has learnt is damaged: it gives no finite score.")


def check_hearing(model: Model) -> None:
    """Check that the front end gives what the detector takes, where it needs nothing that lies elsewhere."""
    if not model.front_end.stands_alone:
        return
    sound = np.linspace(-0.1, 0.1, model.front_end.min_samples(model.rate), dtype=np.float32)
    with np.errstate(all="ignore"):
        vector = model.front_end.vector(sound, model.rate)
    if vector.shape != (model.detector.n_features_,):
        raise ParameterError(
            f"Its front end '{model.front_end.name}' gives {vector.size} features a clip, and its detector takes "
            f"{model.detector.n_features_}."
        )
