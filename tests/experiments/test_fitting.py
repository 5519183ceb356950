from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Cell, Clip
from offkey.experiments.fitting import fit_and_score
from offkey.experiments.outcome import CellScores
from offkey.experiments.reader import CellFeatures
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.model.config import make_config


def _heard(name: str, *windows: np.ndarray | str) -> ClipFeatures:
    """Return a recording of windows of one second, each of which has features or an error."""
    pieces = [
        WindowFeatures(float(at), at + 1.0, None, window)
        if isinstance(window, str)
        else WindowFeatures(float(at), at + 1.0, window)
        for at, window in enumerate(windows)
    ]
    return ClipFeatures(name, pieces, digest=hashlib.sha256(name.encode()).hexdigest())


def _scored(*test: ClipFeatures, seed: int = 0, n_train: int = 40) -> CellScores:
    rng = np.random.default_rng(0)
    train = [_heard(f"train{k}", rng.normal(size=6).astype(np.float32)) for k in range(n_train)]
    clips = tuple(Clip(Path(clip.name), clip.name, None, 0, clip.name, None) for clip in train)
    config = make_config(features="stats", detector="mahalanobis")
    candidate = Candidate("stats", "mahalanobis", seed=seed)
    cell = Cell("dev", "fan", "00", None, clips, ())
    return fit_and_score(candidate, CellFeatures(cell, train, test), config=config, rate=16_000, digest="0")


NORMAL, ODD, FAR = (np.full(6, level, np.float32) for level in (0.1, 2.0, 9.0))


@pytest.mark.parametrize("windows", [(NORMAL, FAR, ODD), (FAR, NORMAL), (NORMAL, ODD, FAR, "too quiet")])
def test_a_recording_is_as_anomalous_as_its_most_anomalous_window(windows: tuple[np.ndarray | str, ...]) -> None:
    alone, long, other = _scored(_heard("alone", FAR), _heard("long", *windows), _heard("other", NORMAL, ODD)).clips
    assert (long.score, long.p_value, long.anomalous) == (alone.score, alone.p_value, 1)
    assert other.score is not None
    assert alone.score is not None
    assert other.score < alone.score


def test_a_recording_without_a_usable_window_has_its_first_error() -> None:
    (bad,) = _scored(_heard("bad", "silence", "too short")).clips
    assert (bad.name, bad.score, bad.error) == ("bad", None, "silence")


def test_the_seed_draws_the_folds_of_the_calibration_and_no_score_of_a_new_clip() -> None:
    """Of 400 clips, so that a fold holds several."""
    first, again, other = (_scored(_heard("new", ODD), seed=seed, n_train=400) for seed in (0, 0, 1))
    assert (first.threshold, first.clips) == (again.threshold, again.clips)
    assert first.threshold != other.threshold
    assert first.clips[0].score == other.clips[0].score
