"""Vectors of the C: sound, and what Python makes of its windows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.errors import AudioError, ExportError
from offkey.export.c.cut import Cut
from offkey.export.c.decision import runtime_calibration
from offkey.export.c.pieces import number, part
from offkey.model import Model

__all__ = ["replay_sources", "window_scores"]

_HOPS = 2  # windows of a clip beside the first, at most, so that the file stays small


def window_scores(model: Model, cut: Cut, samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return the scores of all whole windows of sound by Python, shape (n_windows,); NaN for one that is silent."""
    starts = range(0, len(samples) - cut.window + 1, cut.hop)
    return np.array([_score(model, samples[start : start + cut.window]) for start in starts])


def replay_sources(
    model: Model, calibration: Mapping[str, Any], cut: Cut, clips: Sequence[NDArray[np.int16]] | None
) -> dict[str, str]:
    """Return ``vectors.h`` and the program that replays it."""
    most = cut.window + _HOPS * cut.hop
    sounds = [np.asarray(clip)[:most] for clip in (_noise(cut) if clips is None else clips)]
    for sound in sounds:
        if sound.dtype != np.int16 or sound.ndim != 1 or len(sound) < cut.window:
            raise ExportError(
                f"A clip to replay must be int16 of shape (n,), at least {cut.window} samples long. Got {sound.dtype} "
                f"of shape {sound.shape} instead."
            )
    scores = [window_scores(model, cut, sound) for sound in sounds]
    return {"vectors.h": _vectors(sounds, np.concatenate(scores), calibration), "replay.c": part("replay.c")}


def _score(model: Model, window: NDArray[np.int16]) -> float:
    try:
        return model.score_window(window)
    except AudioError:
        return float("nan")


def _noise(cut: Cut) -> list[NDArray[np.int16]]:
    """Return a little noise of two levels."""
    rng = np.random.default_rng(0)
    return [rng.normal(0, level, cut.window + _HOPS * cut.hop).astype(np.int16) for level in (100, 1000)]


def _vectors(sounds: Sequence[NDArray[np.int16]], scores: NDArray[np.float64], calibration: Mapping[str, Any]) -> str:
    decides = runtime_calibration(calibration)
    normal = np.array(decides.normal_scores)
    rows = []
    for score in scores.tolist():
        is_scored = math.isfinite(score)
        values = (score, decides.p_value(score), decides.surprise(score)) if is_scored else (0.0, 1.0, 0.0)
        anomalous = int(is_scored and decides.is_anomalous(score))
        rows.append(f"{{{', '.join(number(value) for value in values)}, {anomalous}}}")
    samples = np.concatenate(sounds).tolist()
    lines = [", ".join(map(str, samples[start : start + 24])) for start in range(0, len(samples), 24)]
    return part("vectors.h").format(
        clips=len(sounds),
        windows=len(rows),
        unit=number(float(np.quantile(normal, 0.9) - np.quantile(normal, 0.1)) or abs(float(normal[0])) or 1.0),
        lengths=", ".join(f"{len(sound)}u" for sound in sounds),
        rows=",\n".join(rows),
        samples=",\n".join(lines),
    )
