"""The whole that users hold: what tells the machine type of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

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
    """What a classifier was fitted on, and what it was found to be worth.

    Parameters
    ----------
    train, held_out : dict of str to dict of str to int
        Number of clips by type and machine id.
    split : str
        ``"id"``, ``"clip"`` or ``"given"``.
    about_split : str
        The same in a sentence.
    unseen_ids : dict of str to bool
        Whether the held-out clips of a type are of machines that were not learnt from.
    digest : str
        SHA-256 over the sorted digests of the recordings.
    measured : dict
        Figures on the held-out clips: `TypeFigures` of the likeliest types, and log losses.
    foreign : dict of str to float
        For each type, the share of its clips that was called unknown by a classifier that had learnt the other
        types alone; empty where this was not tried.
    left_out : list of (str, str)
        Name and reason of each recording that could not be used.
    notes : list of str
        What the user was told about the fit.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    train: dict[str, dict[str, int]]
    held_out: dict[str, dict[str, int]]
    split: str
    about_split: str
    unseen_ids: dict[str, bool]
    digest: str
    measured: dict[str, Any]
    foreign: dict[str, float] = {}
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identification:
    """What type a recording is of.

    Parameters
    ----------
    file : str
        Name of the recording: its path as given.
    machine_type : str or None
        A known type, or `UNKNOWN`; None if there is an error.
    probability : float or None
        Calibrated probability of the likeliest type, also where the recording is called unknown.
    probabilities : dict of str to float, or None
        That of each type.
    p_value : float or None
        The chance that a clip of the likeliest type lies this far from that type's training clips.
    error : str or None
        One sentence that says why there is no type.
    """

    file: str
    machine_type: str | None = None
    probability: float | None = None
    probabilities: dict[str, float] | None = None
    p_value: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class Identifier(Predictor[Identification, Identification]):
    """Tells the machine type of recordings. Made by `fit_identifier` or `load_identifier`.

    Of a recording longer than a minute the probabilities are the mean over its windows of 10 s, the p-value is their
    median, and it is unknown where half of them or more are.

    Parameters
    ----------
    types : tuple of str
        The types that it knows, in the order of their numbers.
    model : TypeModel
        Features to types.
    rate : int
        Sampling rate in Hz at which it hears.
    channel : int or str
        What of a recording is heard.
    fitted_on : TypesFittedOn
        What it was fitted on.
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
        """Tell the type of a clip, or of several.

        Parameters
        ----------
        clips : path, array, or iterable of them
            One file or array of shape (n,) or (n, channels), or a folder or a list of these.
        rate : int, optional
            Sampling rate of arrays in Hz.
        jobs : int, optional
            Number of threads; by default one a processor.

        Returns
        -------
        Identification or list of Identification
            For one clip its type; for several a list, as `results` gives them.

        Raises
        ------
        AudioError
            If one clip was given and cannot be used; of several, each bad one has its own `error`.
        UsageError
            If a path does not exist or nothing was given.
        """
        return self._of_clips(clips, rate, jobs)

    def judge(self, heard: Sequence[ClipFeatures]) -> list[list[Identification]]:
        """Tell the type of each recording, whose features are extracted already."""
        batch = Batch(heard)
        judged = self.model.judge(batch.vectors) if len(batch) else None
        usable, errors = set(batch.usable.tolist()), batch.errors
        return [
            [
                Identification(clip.name, error=errors[number])
                if judged is None or number not in usable
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
        """Return the same with other limits of the unknown; None leaves one as it is.

        Raises
        ------
        ParameterError
            If one does not lie between 0 and 1.
        """
        given = {"unknown_rate": unknown_rate, "least_probability": least_probability}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        check_unknown(**changes)
        return replace(self, model=replace(self.model, **changes))

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a file, whole or not at all; an OffkeyError says why it cannot be written."""
        from offkey.learned.identify.identifier_file import save_identifier

        save_identifier(self, Path(path))

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
