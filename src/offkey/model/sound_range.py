"""The range of sound that a model learnt from: level, noise floor, spectrum and rate of its recordings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.errors import ParameterError
from offkey.hearing.traits import TRAITS, Traits

__all__ = ["AT", "SoundRange"]

AT = (0.0, 0.05, 0.5, 0.95, 1.0)
"""The quantiles of each trait that are kept."""

_EARLIER = 5  # traits in files of earlier versions


@dataclass(frozen=True)
class SoundRange:
    """The ranges of the traits of the recordings that a model learnt from; earlier files have the first five traits."""

    quantiles: NDArray[np.float64]  # shape (5, n_traits); minimum, 5 %, median, 95 % and maximum of each of `TRAITS`
    n: int

    def __post_init__(self) -> None:
        shapes = [(len(AT), len(TRAITS)), (len(AT), _EARLIER)]
        fits = isinstance(self.quantiles, np.ndarray) and self.quantiles.shape in shapes
        if (
            not fits
            or self.quantiles.dtype.kind != "f"
            or not isinstance(self.n, int)
            or self.n < 1
            or not (np.diff(self.quantiles, axis=0) >= 0).all()
        ):
            raise ParameterError(
                f"The range of sound must be {len(AT)} rising rows of {len(TRAITS)} numbers, and a count."
            )
        if not np.isfinite(self.quantiles).all():
            raise ParameterError("The range of sound must be finite.")

    @classmethod
    def of(cls, traits: Iterable[Traits | None]) -> SoundRange | None:
        """Return that of the clips that were learnt; None if one was not measured.

        `traits`: of each clip; of clips that an earlier version measured, the first five.
        """
        rows, common = list[Traits](), len(TRAITS)
        for of_clip in traits:
            if of_clip is None:
                return None
            rows.append(of_clip)
            common = min(common, len(of_clip))
        if not rows:
            return None
        return cls(np.quantile(np.array([row[:common] for row in rows], np.float64), AT, axis=0), len(rows))
