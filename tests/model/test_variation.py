from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import ParameterError
from offkey.model.variation import MOST_KEPT, Variation


def test_each_clip_counts_less_the_mean_of_its_domain() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 4)).astype(np.float32)
    domains = np.array(["source"] * 50 + ["target"] * 10)
    moved = vectors + np.float32(100) * (domains == "target")[:, None].astype(np.float32)
    found = Variation.of(moved, domains).away
    assert found.shape == (60, 4)
    assert np.allclose(found[:50].mean(axis=0), 0, atol=1e-5)
    assert np.allclose(found[50:].mean(axis=0), 0, atol=1e-4)
    assert np.abs(Variation.of(moved).away).max() > 50 > np.abs(found).max()


def test_of_many_clips_a_sample_is_kept_whatever_their_order() -> None:
    vectors = np.random.default_rng(1).normal(size=(MOST_KEPT + 100, 3)).astype(np.float32)
    one, other = Variation.of(vectors).away, Variation.of(vectors[::-1]).away
    assert len(one) == MOST_KEPT
    assert {row.tobytes() for row in one} == {row.tobytes() for row in other}


def test_what_does_not_fit_the_features_is_refused() -> None:
    with pytest.raises(ParameterError, match="What is kept of how normal clips vary"):
        Variation(np.zeros((3, 5), np.float32)).check(4)
