"""Counts and moments of more clips than fit in memory, for a model that is fitted on a sample of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.decision import share_bound
from offkey.detectors import Detector
from offkey.detectors.from_moments import FromMoments
from offkey.detectors.moments import Moments
from offkey.features import FrontEnd
from offkey.features.normalisation import Standardiser
from offkey.model.fitted_on import FittedOn

__all__ = ["Population", "fit_scored", "learn_standardiser", "moments_for"]


@dataclass(frozen=True)
class Population:
    """All clips that a sample was drawn from.

    `windows`: number of feature vectors of each domain; one of the name "" where domains were not told.
    """

    clips: int
    windows: Mapping[str, int]
    seconds: float
    digest: str
    moments: Mapping[str, Moments] | None = None  # those of the feature vectors of each domain, where they are known

    def describe(self, sample: FittedOn, *, by_moments: bool) -> FittedOn:
        """Return what a model was fitted on, and say so: the moments of all clips, or a sample of them alone."""
        on, update = f"{sample.clips} of {self.clips} clips", {}
        if by_moments:
            on = f"the mean and covariance of {self.clips} clips, its threshold on {sample.clips} of them"
            update = {
                "clips": self.clips,
                "windows": sum(self.windows.values()),
                "seconds": round(self.seconds, 3),
                "digest": self.digest,
                "domains": dict(self.windows) if sample.domains else {},
            }
        note = (
            f"Fitted on {on}, drawn by their content: no false-alarm rate exceeds its promise by more than "
            f"{share_bound(sample.clips):.2g} (95 %)."
        )
        return sample.model_copy(update={**update, "notes": (*sample.notes, note)})


def learn_standardiser(
    front_end: FrontEnd, vectors: NDArray[np.float32], population: Population | None
) -> Standardiser | None:
    """Learn mean and scale of features where the front end asks for them: from all clips if known, else from these."""
    if front_end.normalisation != "standard":
        return None
    if population is None or population.moments is None:
        return Standardiser.fit(vectors)
    together = Moments.merged(population.moments.values())
    return Standardiser.of_spread(together.mean, np.sqrt(together.variance))


def moments_for(
    detector: Detector, population: Population | None, standardiser: Standardiser | None, *, by_domain: bool
) -> Moments | dict[str, Moments] | None:
    """Return the moments of all clips as a detector gets their features, None if it cannot learn from them."""
    if population is None or population.moments is None or not isinstance(detector, FromMoments):
        return None
    seen = dict(population.moments)
    if standardiser is not None:
        by = 1 / standardiser.scale
        seen = {domain: each.moved(-standardiser.mean).scaled(by) for domain, each in seen.items()}
    return seen if by_domain else Moments.merged(seen.values())


def fit_scored(
    detector: Detector, X: NDArray[Any], moments: Moments | dict[str, Moments] | None, **options: Any
) -> NDArray[np.float64]:
    """Fit on clips, or on moments of more clips where there are such; return the clips' cross-validated scores."""
    if moments is not None and isinstance(detector, FromMoments):
        return detector.fit_moments_scored(moments, X, **options)
    return detector.fit_scored(X, **options)
