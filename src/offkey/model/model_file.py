"""The model file: what of a model stands in the archive that `offkey.model.archive` reads and writes."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from offkey import features
from offkey.decision import Calibration, Threshold
from offkey.detectors import Detector
from offkey.features.normalisation import Standardiser
from offkey.model.archive import MODEL, PROTOCOL, read_archive, write_archive
from offkey.model.config import ModelConfig
from offkey.model.fitted_on import FittedOn
from offkey.model.learnt_clips import LearntClips
from offkey.model.model import Model
from offkey.model.reference import Reference

__all__ = ["PROTOCOL", "load_model", "save_model"]


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="allow")  # a later version may add what this one does not need

    config: ModelConfig
    rate: int
    threshold: float
    false_alarm_rate: float
    extrapolated: bool
    fitted_on: FittedOn
    detector: dict[str, Any]
    normal_scores: Any
    standardiser: dict[str, Any] | None = None
    front_end: dict[str, Any] | None = None  # None in earlier files of one that has learnt nothing
    reference: dict[str, Any] | None = None
    learnt: dict[str, Any] | None = None


_EARLIER: dict[str, dict[str, Any]] = {"logmel": {"lulls": False}}
"""What files without the state of their front end mean by parameters that came later."""


def save_model(model: Model, path: Path) -> None:
    """Write a model to a file, whole or not at all.

    Parameters
    ----------
    model : Model
        The model.
    path : Path
        The file; its folder must exist.

    Raises
    ------
    OffkeyError
        If it cannot be written.
    """
    content = {
        "config": model.config.model_dump(mode="json"),
        "rate": model.rate,
        "threshold": model.threshold.value,
        "false_alarm_rate": model.threshold.false_alarm_rate,
        "extrapolated": model.threshold.extrapolated,
        "fitted_on": model.fitted_on.model_dump(mode="json"),
        "detector": model.detector.state(),
        "normal_scores": model.calibration.normal_scores,
        "standardiser": vars(model.standardiser) if model.standardiser else None,
        "front_end": model.front_end.state(),
        "reference": vars(model.reference) if model.reference else None,
        "learnt": {"digests": model.learnt.digests, "scores": model.learnt.scores} if model.learnt else None,
    }
    write_archive(path, MODEL, content)


def load_model(path: str | PathLike[str]) -> Model:
    """Read a model from a file.

    Parameters
    ----------
    path : path
        A file that `Model.save` wrote, with this or an earlier version of offkey.

    Returns
    -------
    Model

    Raises
    ------
    ModelFileError
        If the file does not exist, is no model, is damaged, or was written by a later offkey.
    """
    return read_archive(Path(path), MODEL, _model)


def _model(content: dict[str, Any]) -> Model:
    manifest = _Manifest.model_validate(content)
    config = manifest.config
    return Model(
        config=config,
        rate=manifest.rate,
        front_end=_front_end(manifest),
        standardiser=Standardiser(**manifest.standardiser) if manifest.standardiser else None,
        detector=Detector.from_state(manifest.detector),
        calibration=Calibration(manifest.normal_scores),
        threshold=Threshold(manifest.threshold, manifest.false_alarm_rate, manifest.extrapolated),
        fitted_on=manifest.fitted_on,
        reference=Reference(**manifest.reference) if manifest.reference else None,
        learnt=LearntClips(**manifest.learnt) if manifest.learnt else None,
    )


def _front_end(manifest: _Manifest) -> features.FrontEnd:
    if manifest.front_end is not None:
        return features.restore(manifest.front_end)
    name = manifest.config.features
    return features.create(name, **{**_EARLIER.get(name, {}), **manifest.config.features_params})
