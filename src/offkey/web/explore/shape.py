"""The curves of a clip: its waveform and its level over time, its spectrum and its cepstrum."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.audio import Channel, FileRecording
from offkey.features.frames import frame_sizes
from offkey.features.mel import log_mel, mel_centres_hz
from offkey.web.explore.measures import FLOOR_DB, N_BANDS

__all__ = ["curves", "waveform"]

_COLUMNS = 800
_WHOLE_S = 60.0
_SPREAD = 60  # pieces of a second that stand for a long recording
_CEPSTRUM = 20


def waveform(recording: FileRecording, *, channel: Channel, start_s: float, end_s: float) -> dict[str, Any]:
    """Return the least and greatest sample, full scale 1, in each of up to 800 columns from `start_s` to `end_s`.

    In a part longer than a minute each column shows at most 4,096 samples from its middle.
    """
    rate = recording.rate
    first, last = round(max(0.0, start_s) * rate), round(end_s * rate)
    last = max(first + 1, min(last, recording.frames or last))
    edges = np.linspace(first, last, min(_COLUMNS, last - first) + 1).astype(np.int64)
    if last - first <= _WHOLE_S * rate:
        (sound,) = recording.parts([(first, last)], channel)
        pieces = [sound[a:b] for a, b in zip(edges[:-1] - first, edges[1:] - first, strict=True)]
    else:
        middles = (edges[:-1] + edges[1:]) // 2
        half = np.minimum((edges[1:] - edges[:-1]) // 2, 2048)
        spans = [(int(m - h), int(m + h)) for m, h in zip(middles, half, strict=True)]
        pieces = list(recording.parts(spans, channel))
    pieces = [np.nan_to_num(piece) for piece in pieces]
    low = [round(float(piece.min()), 5) if len(piece) else 0.0 for piece in pieces]
    high = [round(float(piece.max()), 5) if len(piece) else 0.0 for piece in pieces]
    return {"start_s": first / rate, "end_s": last / rate, "low": low, "high": high}


def curves(recording: FileRecording, *, channel: Channel) -> dict[str, Any]:
    """Return the curves of a clip.

    A recording longer than a minute is read in 60 pieces of a second, spread evenly; then ``whole`` is false.
    ``spectrum`` has ``hz``, ``db`` (mean log-mel) and ``deviation_db``; ``mfcc`` is the mean of the first 20
    coefficients; ``level`` has ``s`` and ``db`` (RMS of analysis windows, re full scale).
    """
    from scipy.fft import dct

    rate = recording.rate
    n_fft, hop = frame_sizes(rate)
    frames = recording.frames or 0
    whole = frames <= _WHOLE_S * rate
    starts = [] if whole else np.linspace(0, frames - rate, _SPREAD).astype(int).tolist()
    spans = [(at, at + rate) for at in starts] or [(0, frames)]
    bands: list[NDArray[np.float32]] = []
    times: list[float] = []
    level: list[float] = []
    for (first, _), sound in zip(spans, recording.parts(spans, channel), strict=True):
        padded = np.nan_to_num(np.pad(sound, (0, max(0, n_fft - len(sound)))))
        bands.append(log_mel(padded, rate, n_mels=N_BANDS, floor_db=FLOOR_DB))
        squares = np.lib.stride_tricks.sliding_window_view(np.square(padded, dtype=np.float64), n_fft)[::hop].mean(1)
        db = 10 * np.log10(np.maximum(squares, 1e-12))
        times += (
            [float(t) for t in ((first + n_fft / 2 + hop * np.arange(len(db))) / rate)] if whole else [first / rate]
        )
        level += db.tolist() if whole else [float(10 * np.log10(np.mean(10 ** (db / 10))))]
    mel: NDArray[np.float32] = np.concatenate(bands, axis=1)
    return {
        "spectrum": {
            "hz": _rounded(mel_centres_hz(rate, N_BANDS), 1),
            "db": _rounded(mel.mean(axis=1), 2),
            "deviation_db": _rounded(mel.std(axis=1), 2),
        },
        "mfcc": _rounded(dct(mel, axis=0, norm="ortho")[:_CEPSTRUM].mean(axis=1), 2),
        "level": {"s": _rounded(times, 3), "db": _rounded(level, 2)},
        "whole": whole,
    }


def _rounded(values: Any, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]
