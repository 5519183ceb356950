"""Check whether a promised false-alarm rate was kept, within what chance allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from offkey.errors import ParameterError

__all__ = ["Promise", "broken_promises"]

_CONFIDENCE = 0.975


@dataclass(frozen=True)
class Promise:
    """A promised share of false alarms, and how many normal clips were called anomalous."""

    rate: float
    n_alarms: int
    n_normal: int

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            raise ParameterError(f"A promised false-alarm rate must be a float in the range (0, 1). Got {self.rate}.")

    @cached_property
    def most(self) -> int:
        """The most false alarms that chance explains: the binomial 97.5 % quantile."""
        from scipy.special import bdtr

        return int(np.argmax(bdtr(np.arange(self.n_normal + 1), self.n_normal, self.rate) >= _CONFIDENCE))

    @property
    def kept(self) -> bool:
        """Whether there are no more false alarms than chance explains."""
        return self.n_alarms <= self.most

    def __str__(self) -> str:
        """Return it as part of a sentence: ``9 of 40 normal clips (0.225)``."""
        return f"{self.n_alarms} of {self.n_normal} normal clips ({self.n_alarms / max(self.n_normal, 1):.3f})"


def broken_promises(promises: Iterable[tuple[str, Promise]]) -> list[str]:
    """Return one sentence for each group of clips with more false alarms than promised."""
    return [
        f"The promised false-alarm rate of {promise.rate:g} does not hold for {name}: {promise} are called anomalous, "
        f"where chance explains up to {promise.most}."
        for name, promise in promises
        if not promise.kept
    ]
