from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from offkey.detectors.density import cluster_exits, floored, learn_density, local_radius, varmin_share

X = np.array([[0.0], [1.0], [3.0], [10.0]])


def test_radius_is_the_mean_distance_to_the_nearest_others() -> None:
    assert np.allclose(local_radius(X, 2), [2, 1.5, 2.5, 8])
    assert np.allclose(local_radius(X, 9), [14 / 3, 4, 4, 26 / 3])


def test_numbers_to_divide_by_are_never_0() -> None:
    assert np.allclose(floored(np.array([0.0, 1.0, 3.0])), [4e-3 / 3, 1, 3])
    assert (floored(np.zeros(3)) == 1).all()
    assert np.allclose(floored(np.array([[0.0, 1.0, 3.0], [0.0, 0.0, 0.0]])), [[4e-3 / 3, 1, 3], [1, 1, 1]])


def naive_exit(away: list[float], quantile: float) -> int:
    """Return the exit of one clip by its definition, step by step."""
    k = len(away)
    if k <= 2:
        return k
    single = [away[i] / away[i + 1] if away[i + 1] > 0 else 1.0 for i in range(k - 1)]
    ratios = [(single[i] + single[i + 1]) / 2 for i in range(k - 2)]
    least = np.quantile(ratios, quantile)
    return next((i + 1 for i, ratio in enumerate(ratios) if ratio < least), k - 2)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 8, 40])
@pytest.mark.parametrize("quantile", [0.04, 0.3])
def test_exits_are_those_of_a_walk_through_the_neighbours(k: int, quantile: float) -> None:
    away = np.sort(np.random.default_rng(k).gamma(2, size=(3, 20, k)), axis=-1)
    expected = [[naive_exit(list(clip), quantile) for clip in group] for group in away]
    assert cluster_exits(away, quantile).tolist() == expected


def test_a_cluster_ends_where_the_next_is_far() -> None:
    assert cluster_exits(np.array([1.0, 1.1, 1.2, 1.3, 9.0, 9.1, 9.2, 9.3]), 0.04) == 3  # averaged with the gap behind
    assert cluster_exits(np.full(6, 2.0), 0.04) == 4  # none lies below: K - 2
    assert cluster_exits(np.zeros(5), 0.04) == 3


def test_the_radius_is_averaged_over_the_own_cluster() -> None:
    clips = np.random.default_rng(0).normal(size=(30, 4))
    away = np.sort(cdist(clips, clips), axis=1)[:, 1:9]
    expected = [row[: naive_exit(list(row), 0.04)].mean() for row in away]
    assert np.allclose(local_radius(clips, 8, 0.04), expected)
    assert np.allclose(local_radius(clips, 2, 0.04), away[:, :2].mean(axis=1))


def test_the_share_is_the_slope_of_a_straight_line() -> None:
    rng = np.random.default_rng(0)
    v = rng.normal(size=(3, 50))
    u = 0.7 * v + 0.1 * rng.normal(size=(3, 50))
    assert np.allclose(varmin_share(u, v), [np.polyfit(of_v, of_u, 1)[0] for of_u, of_v in zip(u, v, strict=True)])
    assert varmin_share(u[0], 5 + 1e-7 * v[0]) == 0  # its variance is below 1e-12
    assert varmin_share(u[0], np.ones(50)) == 0


@pytest.mark.parametrize("logarithms", [False, True])
def test_with_the_share_the_training_clips_vary_least(logarithms: bool) -> None:
    clips = np.random.default_rng(0).normal(size=(60, 3)) * np.repeat([1.0, 5.0], 30)[:, None]
    radius, share = learn_density(clips, 4, logarithms=logarithms, exit_quantile=None)
    nearest = np.sort(cdist(clips, clips), axis=1)[:, 1]
    u, v = (np.log(nearest), np.log(radius)) if logarithms else (nearest, radius)
    spread = [np.var(u - alpha * v) for alpha in (float(share), 0.0, 1.0, float(share) + 0.05, float(share) - 0.05)]
    assert spread[0] == min(spread)
