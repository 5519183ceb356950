"""The identifier, which recognises the machine type of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from offkey.archive import TYPES, write_archive
from offkey.audio import Channel
from offkey.errors import AudioError, ParameterError
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.inputs import Clips
from offkey.hearing.predictor import Predictor
from offkey.hearing.windows import Windowing
from offkey.learned.identify.measures import UNKNOWN
from offkey.learned.identify.type_model import Judged, TypeModel

__all__ = ["UNKNOWN", "Identification", "Identifier", "TypesFittedOn"]


class TypesFittedOn(BaseModel):
    """The clips that a classifier was fitted on, and its figures on held-out clips."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    train: dict[str, dict[str, int]]  # clips by type and machine id
    held_out: dict[str, dict[str, int]]  # clips by type and machine id
    split: str  # "id", "clip" or "given"
    about_split: str  # the same in a sentence
    unseen_ids: dict[str, bool]  # by type, whether held-out machines are others than the learnt ones
    digest: str  # SHA-256 over the sorted digests of the recordings
    measured: dict[str, Any]  # figures on held-out clips: TypeFigures of the likeliest types, log losses
    foreign: dict[str, float] = {}  # share of clips of a type called unknown by a classifier fitted without it
    left_out: tuple[tuple[str, str], ...] = ()  # name and reason
    notes: tuple[str, ...] = ()  # told to the user at the fit


@dataclass(frozen=True)
class Identification:
    """The type of a recording."""

    file: str  # path as given
    machine_type: str | None = None  # UNKNOWN for none of the known types, None after an error
    probability: float | None = None  # calibrated, of the likeliest type, also where the recording is unknown
    probabilities: dict[str, float] | None = None
    p_value: float | None = None  # of the distance from the likeliest type's training clips
    error: str | None = None  # one sentence


@dataclass(frozen=True)
class Identifier(Predictor[Identification, Identification]):
    """Recognises the machine type of recordings. Made by `fit_identifier` or `load_identifier`.

    For a recording longer than a minute the probabilities are the mean over its windows of 10 s, the p-value is their
    median, and it is unknown if at least half of the windows are.
    """

    types: tuple[str, ...]
    model: TypeModel
    rate: int
    channel: Channel
    fitted_on: TypesFittedOn
    _at_a_time = 32

    def identify(
        self, clips: Clips, *, rate: int | None = None, jobs: int | None = None
    ) -> Identification | list[Identification]:
        """Identify one clip, or several in a list; of several, each bad one has its own `error`.

        Clips are a file, an array of shape (n,) or (n, channels), a folder, or an iterable of these; `rate` is that of
        arrays in Hz.
        """
        return self._of_clips(clips, rate, jobs)

    def judge(self, extracted: Sequence[ClipFeatures]) -> list[list[Identification]]:
        """Tell the type of each recording, whose features are extracted already."""
        batch = Batch(extracted)
        judged = self.model.judge(batch.vectors) if len(batch) else None
        errors = batch.errors
        return [
            [
                Identification(clip.name, error=errors[number])
                if judged is None or rows.start == rows.stop
                else self._joined(clip.name, judged, rows)
            ]
            for number, (clip, rows) in enumerate(zip(batch.clips, batch.rows, strict=True))
        ]

    def _of_recording(self, outcomes: Sequence[Identification]) -> Identification:
        if outcomes[0].error is not None:
            raise AudioError(outcomes[0].error)
        return outcomes[0]

    def extractor(self, *, digest: bool = False) -> Extractor:
        """Return how this turns recordings into features."""
        front_end = self.model.classifier.front_end()
        return Extractor(front_end, self.rate, self.channel, Windowing(), digest=digest, centred=False)

    def with_unknown(self, unknown_rate: float | None, least_probability: float | None) -> Identifier:
        """Return a copy with other limits of the unknown, each between 0 and 1; None leaves one as it is."""
        limits = {"unknown_rate": unknown_rate, "least_probability": least_probability}
        changes: dict[str, Any] = {name: value for name, value in limits.items() if value is not None}
        check_unknown(**changes)
        return replace(self, model=replace(self.model, **changes))

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a file, whole or not at all; an OffkeyError says why it cannot be written."""
        content = {
            "types": list(self.types),
            "rate": self.rate,
            "channel": self.channel,
            "fitted_on": self.fitted_on.model_dump(mode="json"),
            **self.model.state(),
        }
        write_archive(Path(path), TYPES, content)

    def _joined(self, name: str, judged: Judged, rows: slice) -> Identification:
        shares = judged.probabilities[rows].mean(axis=0)
        unknown = judged.unknown[rows].mean() >= 0.5
        called = UNKNOWN if unknown else self.types[int(shares.argmax())]
        of_types = dict(zip(self.types, shares.tolist(), strict=True))
        p_value = float(np.median(judged.p_values[rows]))
        return Identification(name, called, float(shares.max()), of_types, p_value)


def check_unknown(*, unknown_rate: float = 0.05, least_probability: float = 0.5) -> None:
    """Check the limits of the unknown; see `Identifier.with_unknown`."""
    if not 0 < unknown_rate < 1:
        raise ParameterError(f"The rate of unknown clips must lie between 0 and 1. Got {unknown_rate!r} instead.")
    if not 0 <= least_probability < 1:
        raise ParameterError(f"The least probability must be 0 or more and below 1. Got {least_probability!r} instead.")
