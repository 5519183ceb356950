"""Lengths of the clips that a model learns from, and the windows and corrections that follow for those it scores."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from offkey.decision import ByLength
from offkey.features import FrontEnd
from offkey.hearing.batch import WindowFeatures
from offkey.hearing.windows import Windowing
from offkey.model.config import ModelConfig

__all__ = ["SHARES", "Lengths", "learnt_windowing"]

SHARES = (0.5, 0.25, 0.125)
"""Lengths, as shares of the usual one, at which training clips are scored as well."""

_NEARLY = 0.99  # times as long as what the rate is promised for is as long
_FREE_OF_FILTERS = 0.9  # of half the rate: below, neither recorders nor the resampler weaken anything


class Lengths(BaseModel):
    """The lengths of the clips that a model learns from.

    `clip_s`: the usual length in seconds: nine of ten clips have it at least. Features are those of pieces of it.
    `longest_s`: the length in seconds up to which a recording is one clip: half as long again as nine of ten, or the
        window that was asked for. What is longer is cut into windows.
    `window_s`: length in seconds of these windows: that of the median clip, or what was asked for, since windows of a
        shorter one would alarm more often than the clips that the rate is promised by; by default `clip_s`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    clip_s: float = Field(gt=0, le=3600, allow_inf_nan=False)
    longest_s: float = Field(gt=0, le=5400, allow_inf_nan=False)
    several_rates: bool = False
    window_s: float | None = Field(default=None, gt=0, le=3600, allow_inf_nan=False)

    def windowing(self, hop_s: float | None) -> Windowing:
        """Return which recordings are cut, and how; by default the windows adjoin."""
        window_s = max(0.1, self.clip_s if self.window_s is None else self.window_s)
        return Windowing(window_s, window_s if hop_s is None else hop_s, self.longest_s)

    def cut_by(self, windowing: Windowing) -> Self:
        """Return the same lengths where other windows are asked for, as a model's file keeps them."""
        return self.model_copy(update={"window_s": windowing.window_s, "longest_s": windowing.longest_s})

    def caveat(self, window: WindowFeatures, name: str, known: ByLength | None) -> str | None:
        """Say that a window is shorter than any for which normal scores are known; None if it is not."""
        seconds = window.seconds
        least = self.clip_s * (1.0 if known is None else known.least_share)
        if seconds >= _NEARLY * least:
            return None
        return (
            f"{name} is {seconds:.2g} s long: the model learnt from clips of {self.clip_s:.3g} s and promises no "
            f"false-alarm rate for what is shorter than {least:.2g} s."
        )

    def front_end_params(self) -> dict[str, float]:
        """Return values for parameters of a front end, by name; a front end that has such a parameter takes them."""
        return {"clip_s": self.clip_s, **({"high_share": _FREE_OF_FILTERS} if self.several_rates else {})}

    def shares(self, front_end: FrontEnd, rate: int) -> tuple[float, ...]:
        """Return the shares of the usual length from which a front end can extract, longest first."""
        least = front_end.min_samples(rate)
        return tuple(share for share in SHARES if round(share * self.clip_s * rate) >= least)


def learnt_windowing(config: ModelConfig, lengths: Lengths | None) -> Windowing:
    """Return which recordings a model cuts, and how; of an earlier version, which knows no lengths, as it was asked."""
    return config.windowing if lengths is None else lengths.windowing(config.hop_s)
