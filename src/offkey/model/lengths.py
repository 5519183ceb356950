"""Lengths of the clips that a model learns from, and the windows and corrections that follow for those it scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from offkey.decision import ByLength
from offkey.detectors.base import Beside
from offkey.errors import AudioError
from offkey.features import FrontEnd
from offkey.features.normalisation import Standardiser
from offkey.hearing.batch import Batch, WindowFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.source import Source, open_recording, source_name
from offkey.hearing.windows import LONG_S, Windowing
from offkey.model.config import ModelConfig
from offkey.work.thread_pool import Threads

__all__ = ["SHARES", "Lengths", "by_length", "learn_lengths", "shorter_parts", "with_shares"]

SHARES = (0.5, 0.25, 0.125)
"""Lengths, as shares of the usual one, at which training clips are scored as well."""

_HEADERS = 1024  # that are looked at; of more clips, one in so many
_LONGER = 1.5  # times as long as nearly all clips learnt: from there on a recording is cut
_NEARLY = 0.99  # times as long as what the rate is promised for is as long
_OUTLYING = 0.1  # share of the clips that may be shorter, or longer, than what is called usual
_WINDOW_S = 10.0  # length of windows where nearly all recordings are long
_FREE_OF_FILTERS = 0.9  # of half the rate: below, neither recorders nor the resampler weaken anything
_MOST_CLIPS = 2048  # clips that are scored at other lengths
_MOST_NUMBERS = 1 << 26  # features of them that are held


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


def learn_lengths(sources: Sequence[Source], config: ModelConfig, jobs: int | None = None, *, rate: int = 0) -> Lengths:
    """Return how long recordings are, by their headers, of many recordings by some of them.

    `sources`: the training clips; only a header that does not tell the length makes its file be read.
    `jobs`: number of threads; by default one per processor.
    `rate`: that of the model in Hz: recordings below it are left out, and have no say.
    """
    wanted_s = config.windowing.window_s if config.window_s is not None else None  # what is wrong with it is said here
    by_name = sorted(sources, key=source_name)  # so that their order changes nothing
    found = list(Threads(jobs).read(_seconds_and_rate, by_name[:: max(1, len(sources) // _HEADERS)]))
    known = [one for one in found if one is not None and one[1] >= rate]
    seconds = np.array([one for one, _ in known])
    several = len({hertz for _, hertz in known}) > 1
    if wanted_s is not None:
        usual = np.minimum(seconds, wanted_s)
        usual_s = _shorter(usual) if len(usual) else wanted_s
        window_s = None if wanted_s == usual_s else wanted_s
        return Lengths(clip_s=usual_s, longest_s=wanted_s, several_rates=several, window_s=window_s)
    short = seconds[seconds <= LONG_S]
    if 2 * len(short) < len(seconds) or not len(short):
        return Lengths(clip_s=_WINDOW_S, longest_s=_LONGER * _WINDOW_S, several_rates=several)
    longest = float(np.quantile(short, 1 - _OUTLYING, method="higher"))
    usual_s, middle_s = _shorter(short), float(np.quantile(short, 0.5, method="lower"))
    window_s = None if middle_s == usual_s else middle_s
    return Lengths(clip_s=usual_s, longest_s=_LONGER * longest, several_rates=several, window_s=window_s)


def with_shares(extractor: Extractor, lengths: Lengths, n_clips: int) -> Extractor:
    """Return an extractor that reads shorter parts of clips as well, of so many that what is held stays bounded.

    Its front end must have learnt what it has to.
    """
    shares = lengths.shares(extractor.front_end, extractor.rate)
    if not shares:
        return extractor
    noise = np.random.default_rng(0).standard_normal(round(lengths.clip_s * extractor.rate)).astype(np.float32)
    most = min(_MOST_CLIPS, _MOST_NUMBERS // (len(shares) * len(extractor.front_end.vector(noise, extractor.rate))))
    return replace(extractor, shares=shares, shared_by=-(-n_clips // max(1, most)))


def shorter_parts(batch: Batch, standardiser: Standardiser | None) -> Beside | None:
    """Return the features of shorter parts of clips, one share after the other; None where there are none."""
    parts = [(number, window.shorter) for number, window in enumerate(batch.windows) if window.shorter is not None]
    if not parts:
        return None
    rows = np.concatenate(np.array([shorter for _, shorter in parts]).swapaxes(0, 1))
    of = np.tile([number for number, _ in parts], len(parts[0][1]))
    return Beside(rows if standardiser is None else standardiser(rows), of)


def by_length(scores: NDArray[np.float64], sounds: NDArray[np.intp], beside: Beside) -> ByLength:
    """Return what normal clips score at each length.

    `scores`: shape (n_clips + n_parts,); of the clips, and of their shorter parts.
    `sounds`: shape (n_clips,); the sound that each clip is of; near copies count once.
    """
    of = np.unique(beside.of)
    at_shares = np.concatenate([scores[of], scores[len(sounds) :]]).reshape(-1, len(of))
    at_shares = at_shares[:, np.sort(np.unique(sounds[of], return_index=True)[1])]
    return ByLength.of(np.array([1.0, *SHARES[: len(at_shares) - 1]]), at_shares)


def _shorter(seconds: NDArray[np.float64]) -> float:
    return float(np.quantile(seconds, _OUTLYING, method="lower"))


def _seconds_and_rate(source: Source) -> tuple[float, int] | None:
    """Return the length of a recording and its sampling rate, None if it cannot be read or is empty."""
    try:
        recording = open_recording(source)
        seconds = recording.seconds
        if seconds is None:
            seconds = sum(len(block) for block in recording.blocks("mean")) / recording.rate
    except AudioError:
        return None
    return (seconds, recording.rate) if seconds else None
