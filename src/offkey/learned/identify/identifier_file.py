"""The file of a classifier of machine types, in the archive that models stand in as well."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, BaseModel, Field, NonNegativeInt

from offkey.archive import TYPES, read_archive
from offkey.audio.channel import check_channel
from offkey.errors import ParameterError
from offkey.learned.identify.identifier import Identifier, TypesFittedOn
from offkey.learned.identify.type_model import TypeModel

__all__ = ["load_identifier"]


def load_identifier(path: str | PathLike[str]) -> Identifier:
    """Read a classifier of machine types; scoring with it needs no torch, whatever trained it."""
    return read_archive(Path(path), TYPES, _identifier)


def _identifier(content: dict[str, Any]) -> Identifier:
    head = _Head.model_validate(content)
    identifier = Identifier(
        types=head.types,
        model=TypeModel.from_state(content),
        rate=head.rate,
        channel=head.channel,
        fitted_on=TypesFittedOn.model_validate(content["fitted_on"]),
    )
    _check_together(identifier)
    return identifier


class _Head(BaseModel):
    types: Annotated[tuple[str, ...], Field(min_length=2)]
    rate: Annotated[int, Field(ge=1, le=384_000)]
    channel: NonNegativeInt | Annotated[str, AfterValidator(check_channel)]
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    unknown_rate: Annotated[float, Field(gt=0, lt=1)]
    least_probability: Annotated[float, Field(ge=0, le=1)]


def _check_together(identifier: Identifier) -> None:
    """Check that the parts fit each other, by judging a row of zeros; a ParameterError names what does not."""
    model, n_types = identifier.model, len(identifier.types)
    front_end = model.classifier.front_end()
    features = front_end.vector(np.zeros(front_end.min_samples(identifier.rate), np.float32), identifier.rate)
    with np.errstate(all="ignore"):
        embedding = model.classifier.embed(np.zeros((1, features.size), np.float32))
        scores = [detector.score(embedding) for detector in model.novelty.detectors]
        shares = model.classifier.logits(embedding)
    counts = {n_types, shares.shape[1], len(scores), len(model.novelty.calibrations)}
    if len(counts) > 1 or not (np.isfinite(shares).all() and np.isfinite(scores).all()):
        raise ParameterError(f"The classifier is damaged: it must give a finite number for each of {n_types} types.")
