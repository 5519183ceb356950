from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import band_agreement, create
from offkey.detectors.base import Beside


def test_a_tone_in_one_group_counts_less_than_a_fault_in_many() -> None:
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(60, 128))
    tone, fault = rng.normal(size=(2, 30, 128))
    tone[:, 40:44] += 14
    fault += 2
    distance, agreement = create("knn").fit(normal), create("band_agreement").fit(normal)
    assert np.median(distance.score(tone)) > np.median(distance.score(fault))
    assert agreement.score(fault).min() > agreement.score(tone).max()


def test_by_hand() -> None:
    X = np.array([[0.0], [1.0], [3.0], [7.0]])
    detector = create("band_agreement", n_neighbors=2)
    left_out = detector.fit_scored(X)
    raw = np.array([_left_out(X[:, 0], row, np.arange(4), 2) for row in range(4)])
    np.testing.assert_allclose(left_out, (raw - raw.mean()) / raw.std())
    radius = np.array([(1 + 3) / 2, (1 + 2) / 2, (2 + 3) / 2, (4 + 6) / 2])
    new = (np.abs(5.0 - X[:, 0]) / np.sqrt(radius)).min()
    np.testing.assert_allclose(detector.score([[5.0]]), (new - raw.mean()) / raw.std())


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_clip_left_out_counts_in_nobodys_density(size: int) -> None:
    X, groups = np.random.default_rng(size).normal(size=(24, 1)), np.arange(24) // size
    left_out = create("band_agreement", n_neighbors=3).fit_scored(X, groups=groups)
    raw = np.array([_left_out(X[:, 0], row, groups, 3) for row in range(24)])
    np.testing.assert_allclose(left_out, (raw - raw.mean()) / raw.std())


def _left_out(values: np.ndarray, row: int, groups: np.ndarray, k: int) -> float:
    """Return the distance of a clip from the others, learnt without its group."""
    others = np.flatnonzero(groups != groups[row])
    found = []
    for other in others:
        away = np.abs(values[others][groups[others] != groups[other]] - values[other])
        found.append(abs(values[row] - values[other]) / np.sqrt(np.sort(away)[:k].mean()))
    return min(found)


@pytest.mark.parametrize("width", [1, 7, 8, 9, 20, 128])
def test_every_feature_is_in_one_group(width: int) -> None:
    X = np.random.default_rng(0).normal(size=(30, width))
    detector = create("band_agreement").fit(X)
    for column in range(width):
        moved = X[:1].copy()
        moved[0, column] += 50
        assert detector.score(moved)[0] > detector.score(X[:1])[0]


def test_few_rows_at_a_time_are_left_out_as_all_at_once(clips, monkeypatch: pytest.MonkeyPatch) -> None:
    beside, groups = Beside(np.tile(clips, (2, 1)) + 0.1, np.tile(np.arange(80), 2)), np.arange(80) // 3
    at_once = create("band_agreement", group=3).fit_scored(clips, groups=groups, beside=beside)
    monkeypatch.setattr(band_agreement, "IN_CACHE", 7 * 80)
    assert np.allclose(
        create("band_agreement", group=3).fit_scored(clips, groups=groups, beside=beside), at_once, rtol=1e-12
    )
