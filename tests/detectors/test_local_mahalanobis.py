from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors.local_mahalanobis import LocalMahalanobis


def _distance(clip, neighbours) -> float:
    """Return the shrunk Mahalanobis distance of a clip to its neighbours by the textbook."""
    covariance = np.cov(neighbours.T, bias=True)
    shrunk = covariance + np.trace(covariance) / len(clip) * np.eye(len(clip))
    away = clip - neighbours.mean(axis=0)
    return float(np.sqrt(away @ np.linalg.solve(shrunk, away)))


def _nearest(clip, clips, k: int):
    return np.argsort(np.linalg.norm(clips - clip, axis=1))[:k]


@pytest.mark.parametrize("k", [7, 12])  # of 80 clips, more than 7² and fewer than 12²
def test_equals_the_textbook(clips, new_clips, k: int) -> None:
    detector = LocalMahalanobis(n_neighbors=k).fit(clips)
    seen = detector.clips_
    usual = np.empty(len(seen))
    for i, clip in enumerate(seen):
        others = np.delete(np.arange(len(seen)), i)
        usual[i] = _distance(clip, seen[others][_nearest(clip, seen[others], k)])
    assert np.allclose(detector.usual_, usual, rtol=1e-8)
    expected = []
    for clip in detector._view(new_clips):
        nearest = _nearest(clip, seen, k)
        expected.append(_distance(clip, seen[nearest]) / usual[nearest].mean())
    assert np.allclose(detector.score(new_clips), expected, rtol=1e-8)


def test_departing_from_a_curve_counts_more_than_going_along_it() -> None:
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, np.pi, 400)
    curve = np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.01 * rng.normal(size=(400, 2))
    detector = LocalMahalanobis(shrinkage=0.01).fit(curve)
    on_it, off_it = detector.score([[np.cos(1.2), np.sin(1.2)], [1.15 * np.cos(1.2), 1.15 * np.sin(1.2)]])
    assert off_it > 5 * on_it


def test_more_rows_than_are_worked_on_at_a_time(clips) -> None:
    detector = LocalMahalanobis().fit(clips)
    many = np.random.default_rng(0).normal(size=(600, 10)) - 5
    assert np.allclose(detector.score(many)[::50], [detector.score(row[None])[0] for row in many[::50]], rtol=1e-9)
