"""The rows that a model learns from: windows of distinct recordings, with their sounds, groups and domains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError, ParameterError
from offkey.features import FrontEnd
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.hearing.distinct import Distinct, distinct
from offkey.model.fitted_on import FittedOn
from offkey.model.fitting.gathering import FEW_CLIPS, FEWEST_CLIPS, check_differ, gather
from offkey.model.fitting.near_copies import Sounds, find_sounds

__all__ = ["TrainingRows", "training_rows"]


@dataclass(frozen=True)
class TrainingRows:
    """One row per window of distinct recordings.

    `held_out`: shape (n_rows,); rows of the same number are held out together.
    `domain`: shape (n_rows,); None where domains are not known.
    `n_groups`: how many groups vouch as one each; None where each recording is its own.
    """

    once: Distinct
    batch: Batch
    fitted_on: FittedOn
    sounds: Sounds
    held_out: NDArray[np.intp]
    domain: NDArray[np.str_] | None
    n_groups: int | None

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The features, shape (n_rows, n_features)."""
        return self.batch.vectors

    @property
    def domains(self) -> dict[str, int]:
        """The number of rows of each domain."""
        return {} if self.domain is None else dict(Counter(self.domain.tolist()))


def training_rows(
    extracted: Sequence[ClipFeatures],
    front_end: FrontEnd,
    rate: int,
    *,
    domains: Sequence[str] | None,
    groups: Sequence[str] | None,
) -> TrainingRows:
    """Return the rows of training clips, each content once; an AudioError if too few sounds differ.

    `domains`, `groups`: of each of `extracted`.
    """
    check_differ(Batch(extracted))
    once = distinct(extracted)
    batch = Batch(once.extracted)
    fitted_on, sounds = gather(batch, once.copies), find_sounds(front_end, rate, batch)
    if sounds.count < FEWEST_CLIPS:
        raise AudioError(
            f"Too few different sounds to fit: expected at least {FEWEST_CLIPS}, better {FEW_CLIPS} or more, found "
            f"{sounds.count} among {fitted_on.clips} clips, which are near copies of each other; record more."
        )
    held_out = sounds.groups(batch.held_out_together() if groups is None else _numbered(batch, once.of(groups)))
    domain = None if domains is None else np.asarray(batch.spread(once.of(domains)))
    n_groups = None if groups is None else len(np.unique(held_out))
    return TrainingRows(once, batch, fitted_on, sounds, held_out, domain, n_groups)


def _numbered(batch: Batch, groups: Sequence[str]) -> NDArray[np.intp]:
    """Return the number of the group of each row; a ParameterError says that there are too few groups."""
    names, numbers = np.unique(batch.spread(groups), return_inverse=True)
    if len(names) < FEWEST_CLIPS:
        raise ParameterError(
            f"Too few groups to hold out: expected at least {FEWEST_CLIPS}, better {FEW_CLIPS} or more, found "
            f"{len(names)} among {len(batch.clips)} clips: {', '.join(names.tolist())}."
        )
    return numbers.reshape(len(batch))
