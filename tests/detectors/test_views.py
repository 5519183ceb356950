from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.detectors.views import principal_axes


def test_features_are_standardised_and_a_constant_one_does_not_explode(clips) -> None:
    with_constant = np.hstack([clips, np.full((len(clips), 1), 7.0)])
    detector = create("subband_density").fit(with_constant)
    assert np.allclose(detector.spread_[:10], clips.std(axis=0))
    usual = np.sqrt((with_constant.std(axis=0) ** 2).mean())
    assert np.isclose(detector.spread_[-1], 0.1 * usual)


@pytest.mark.parametrize("n", [80, 6])
def test_principal_axes_with_more_and_with_fewer_clips_than_features(clips, n: int) -> None:
    centred = clips[:n] - clips[:n].mean(axis=0)
    axes, spread = principal_axes(centred)
    assert np.allclose(axes @ axes.T, np.eye(len(axes)))
    assert np.allclose((axes.T * spread**2) @ axes, centred.T @ centred / n)
    assert (np.diff(spread) <= 1e-12).all()


def test_strong_whitening_makes_all_directions_vary_alike(clips) -> None:
    detector = create("subband_density", whitening=1e-6).fit(clips)
    assert np.allclose(np.cov(detector.clips_.T, bias=True), np.eye(10), atol=1e-4)


def test_weak_whitening_leaves_standardised_features_as_they_are(clips) -> None:
    detector = create("subband_density", whitening=1e6).fit(clips)
    assert np.allclose(detector.clips_ * 1e6, (clips - clips.mean(axis=0)) / clips.std(axis=0), rtol=1e-4, atol=1e-4)


def test_a_new_clip_is_seen_as_a_training_clip_is(clips) -> None:
    detector = create("local_mahalanobis").fit(clips)
    assert np.allclose(detector._view(clips[3:4]), detector.clips_[3:4])
