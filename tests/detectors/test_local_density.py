from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from offkey.detectors import create, restore

X = np.array([[0.0], [1.0], [3.0], [10.0]])  # mean distances to their two nearest: 2, 1.5, 2.5, 8


def test_ratio_and_difference_by_hand() -> None:
    new = [[2.0], [20.0]]
    ratio = create("local_density", n_neighbors=2).fit(X)
    assert np.allclose(ratio.radius_, [2, 1.5, 2.5, 8])
    assert np.allclose(ratio.score(new), [1 / 2.5, 10 / 8])
    difference = create("local_density", n_neighbors=2, form="difference").fit(X)
    assert np.allclose(difference.score(new), [1 - 2.5, 10 - 8])


def test_a_sparse_domain_is_not_called_anomalous_for_being_sparse() -> None:
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(200, 5)), 8 * rng.normal(size=(30, 5)) + 100
    new_source, new_target = rng.normal(size=(50, 5)), 8 * rng.normal(size=(50, 5)) + 100
    both = np.vstack([source, target])
    plain, local = create("knn").fit(both), create("local_density").fit(both)
    assert np.median(plain.score(new_target)) > 3 * np.median(plain.score(new_source))
    assert np.median(local.score(new_target)) < 1.5 * np.median(local.score(new_source))


def test_ratio_does_not_depend_on_scale_or_offset(clips, new_clips) -> None:
    plain = create("local_density").fit(clips).score(new_clips)
    scaled = create("local_density").fit(4.34 * clips - 100).score(4.34 * new_clips - 100)
    assert np.allclose(plain, scaled, rtol=1e-9)


def naive_varmin(clips: np.ndarray, new: np.ndarray, k: int, quantile: float | None, *, log: bool) -> list[float]:
    """Return scores by VarMin, written down as in the paper."""
    n, u, b = len(clips), [], []
    for z in range(n):
        away = sorted(float(np.linalg.norm(clips[z] - clips[i])) for i in range(n) if i != z)[:k]
        if quantile is not None and len(away) > 2:
            single = [away[i] / away[i + 1] for i in range(len(away) - 1)]
            ratios = [(single[i] + single[i + 1]) / 2 for i in range(len(single) - 1)]
            below = [i + 1 for i, ratio in enumerate(ratios) if ratio < np.quantile(ratios, quantile)]
            away = away[: below[0] if below else k - 2]
        u.append(away[0])
        b.append(sum(away) / len(away))
    u, b = (np.log(u), np.log(b)) if log else (np.array(u), np.array(b))
    alpha = 0.0 if np.var(b) < 1e-12 else np.mean((u - u.mean()) * (b - b.mean())) / np.var(b)
    away = cdist(new, clips)
    return list(((np.log(away) if log else away) - alpha * b).min(axis=1))


@pytest.mark.parametrize("quantile", [None, 0.04])
@pytest.mark.parametrize("k", [1, 2, 4, 12])
def test_varmin_and_exits_are_those_of_the_paper(clips, new_clips, k: int, quantile: float | None) -> None:
    how = {"n_neighbors": k, "exit_quantile": quantile}
    plain = create("local_density", form="varmin", **how).fit(clips)
    assert np.allclose(plain.score(new_clips), naive_varmin(clips, new_clips, k, quantile, log=False), rtol=1e-9)
    logarithms = create("local_density", form="varmin_log", **how).fit(clips)
    scores = logarithms.score(new_clips)
    assert np.allclose(np.log(scores), naive_varmin(clips, new_clips, k, quantile, log=True), rtol=1e-9)


@pytest.mark.parametrize("form", ["varmin", "varmin_log"])
def test_of_equal_radii_varmin_takes_nothing(form: str) -> None:
    ring = np.exp(2j * np.pi * np.arange(12) / 12)
    X = np.stack([ring.real, ring.imag], axis=1)
    detector = create("local_density", form=form, n_neighbors=2).fit(X)
    assert detector.alpha_ == 0
    assert np.allclose(detector.score([[0, 0], [3, 0]]), [1, 2])


def test_what_each_feature_adds_makes_up_the_score(clips, new_clips) -> None:
    for form in ("ratio", "difference", "varmin", "varmin_log"):
        detector = create("local_density", form=form, exit_quantile=0.04).fit(clips)
        for clip, score in zip(new_clips[:5], detector.score(new_clips[:5]), strict=True):
            values, rest = detector.contributions(clip)
            assert values.sum() + rest == pytest.approx(score)


def test_a_file_of_an_earlier_version_keeps_its_meaning(clips, new_clips) -> None:
    detector = create("local_density").fit(clips)
    state = detector.state()
    assert set(state["params"]) == {"n_neighbors", "form", "memory"}  # as earlier versions wrote it
    assert set(state["learnt"]) == {"clips_", "radius_", "n_features_"}
    assert np.array_equal(restore(state).score(new_clips), detector.score(new_clips))
    varied = create("local_density", form="varmin_log", exit_quantile=0.04).fit(clips)
    assert np.array_equal(restore(varied.state()).score(new_clips), varied.score(new_clips))
    assert "alpha_" not in vars(varied.set_params(form="ratio").fit(clips))
