"""The model file read: a model is made of what stands in an archive, and its parts are checked to fit each other."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from offkey import detectors, features
from offkey.archive import MODEL, PROTOCOL, read_archive
from offkey.components import Learnt, Numbers, check_forms
from offkey.decision import ByLength, Calibration, Threshold
from offkey.errors import ModelFileError, ParameterError
from offkey.features.normalisation import Standardiser
from offkey.model.config import ModelConfig
from offkey.model.fitted_on import FittedOn
from offkey.model.learnt_clips import LearntClips
from offkey.model.lengths import Lengths, learnt_windowing
from offkey.model.model import Model
from offkey.model.recalibration import Recalibration
from offkey.model.reference import Reference
from offkey.model.sound_range import SoundRange
from offkey.model.variation import Variation

__all__ = ["PROTOCOL", "load_model", "read_model"]

_STANDARDISER: dict[str, Learnt] = {"mean": Numbers("features"), "scale": Numbers("features", positive=True)}


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="allow")  # a later version may add what this one does not need

    config: ModelConfig
    rate: Annotated[int, Field(ge=1, le=384_000)]
    threshold: float
    false_alarm_rate: Annotated[float, Field(gt=0, le=1)]
    extrapolated: bool
    fitted_on: FittedOn
    detector: dict[str, Any]
    normal_scores: Any
    worth: int | None = None  # None in earlier files
    standardiser: dict[str, Any] | None = None
    front_end: dict[str, Any] | None = None  # None in earlier files of one that has learnt nothing
    reference: dict[str, Any] | None = None
    learnt: dict[str, Any] | None = None
    lengths: Lengths | None = None  # None in earlier files, as the next
    by_length: dict[str, Any] | None = None
    sound: dict[str, Any] | None = None
    recalibration: dict[str, Any] | None = None
    variation: dict[str, Any] | None = None


def load_model(path: str | PathLike[str], *, trust_remote_code: bool = False) -> Model:
    """Read a model from a file.

    Parameters
    ----------
    path : path
        A file that `Model.save` wrote, with this or an earlier version of offkey.
    trust_remote_code : bool, default False
        Whether to run the Python code that came with the network of its front end (``hub:NAME``), which the file names
        by its digest. Without consent no file runs code.

    Returns
    -------
    Model

    Raises
    ------
    ModelFileError
        If the file does not exist, is not a model, is damaged, was written by a later offkey, or needs code without
        `trust_remote_code`.
    ParameterError
        If `path` is not a path.

    Examples
    --------
    >>> import offkey
    >>> model.save("pump7.offkey")
    >>> offkey.load("pump7.offkey").rate
    16000
    """
    model = _read(path, trust_remote_code, hearing=True)
    if model.front_end.foreign_code and not trust_remote_code:
        raise ModelFileError(
            f"The model {path} hears by code that came with {model.config.features}, which runs with all your rights: "
            "read that code, then allow it with --trust-remote-code, in Python with trust_remote_code=True."
        )
    return model


def read_model(path: str | PathLike[str]) -> Model:
    """Read a model to show what stands in its file; one that needs code of others is read, and cannot extract.

    Parameter and errors are those of `load_model`.
    """
    return _read(path, trust_remote_code=False, hearing=False)


def _read(path: str | PathLike[str], trust_remote_code: bool, *, hearing: bool) -> Model:
    def build(content: dict[str, Any]) -> Model:
        model = _model(content, trust_remote_code)
        _check_together(model)
        if hearing:
            _check_hearing(model)
        return model

    if not isinstance(path, str | PathLike):
        raise ParameterError(
            f"The model is {'None' if path is None else f'of the type {type(path).__name__}'}: expected the path of a "
            "file written by 'offkey fit' or 'Model.save'."
        )
    return read_archive(Path(path), MODEL, build, loose=("reference",))


def _model(content: dict[str, Any], trust_remote_code: bool) -> Model:
    manifest = _Manifest.model_validate(content)
    config = manifest.config
    config.windowing  # noqa: B018 - lengths that cannot be are said now
    detector, found = detectors.restore(manifest.detector), None
    if manifest.recalibration is not None:
        found = Recalibration.from_state(manifest.recalibration, detector.n_features_)
    return Model(
        config=config,
        rate=manifest.rate,
        front_end=_front_end(manifest, trust_remote_code),
        standardiser=Standardiser(**manifest.standardiser) if manifest.standardiser else None,
        detector=detector,
        calibration=Calibration(manifest.normal_scores, manifest.worth) if found is None else found.calibration(),
        threshold=Threshold(manifest.threshold, manifest.false_alarm_rate, manifest.extrapolated),
        fitted_on=manifest.fitted_on,
        reference=Reference(**manifest.reference) if manifest.reference else None,
        sound=SoundRange(**manifest.sound) if manifest.sound else None,
        learnt=LearntClips(**manifest.learnt) if manifest.learnt else None,
        windowing=learnt_windowing(config, manifest.lengths),
        lengths=manifest.lengths,
        by_length=ByLength(**manifest.by_length) if manifest.by_length else None,
        recalibration=found,
        variation=Variation(**manifest.variation) if manifest.variation else None,
    )


def _front_end(manifest: _Manifest, trust_remote_code: bool) -> features.FrontEnd:
    state = manifest.front_end
    if state is None:
        state = {"name": manifest.config.features, "params": manifest.config.features_params, "learnt": {}}
    return features.restore(state, trust_remote_code=trust_remote_code)


def _check_together(model: Model) -> None:
    """Check that detector, standardiser and reference fit each other, and that a row of zeros can be scored."""
    n_features = model.detector.n_features_
    if model.standardiser is not None:
        check_forms("The standardiser", _STANDARDISER, model.standardiser, {"features": n_features})
    if model.reference is not None:
        model.reference.check(n_features, model.rate)
    if model.variation is not None:
        model.variation.check(n_features)
    with np.errstate(all="ignore"):
        scores = model.scores(np.zeros((1, n_features), np.float32))
    if scores.shape != (1,) or not np.isfinite(scores).all():
        raise ParameterError(f"What '{model.detector.name}' has learnt is damaged: it gives no finite score.")


def _check_hearing(model: Model) -> None:
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
