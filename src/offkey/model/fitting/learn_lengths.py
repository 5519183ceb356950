"""The lengths of training clips, and the shorter parts of clips that are learnt beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from offkey.decision import ByLength
from offkey.detectors.base import Beside
from offkey.errors import AudioError
from offkey.features.normalisation import Standardiser
from offkey.hearing.batch import Batch
from offkey.hearing.extractor import Extractor
from offkey.hearing.source import Source, open_recording, source_name
from offkey.hearing.windows import LONG_S
from offkey.model.config import ModelConfig
from offkey.model.lengths import SHARES, Lengths
from offkey.work.thread_pool import Threads

__all__ = ["by_length", "learn_lengths", "shorter_parts", "with_shares"]

_HEADERS = 1024  # that are looked at; of more clips, one in so many
_LONGER = 1.5  # times as long as nearly all clips learnt: from there on a recording is cut
_OUTLYING = 0.1  # share of the clips that may be shorter, or longer, than what is called usual
_WINDOW_S = 10.0  # length of windows where nearly all recordings are long
_MOST_CLIPS = 2048  # clips that are scored at other lengths
_MOST_NUMBERS = 1 << 26  # features of them that are held


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
