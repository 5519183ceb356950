from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from offkey.detectors import create
from offkey.detectors.density import local_radius
from offkey.detectors.subband_density import SubBandDensity


def test_each_group_has_its_own_neighbours_and_the_highest_count(clips, new_clips) -> None:
    detector = SubBandDensity(group=5, share=0.5).fit(clips)
    seen, new = detector.clips_, detector._view(new_clips)
    relative = [
        cdist(new[:, part], seen[:, part]) / local_radius(seen[:, part], 4) for part in (slice(5), slice(5, 10))
    ]
    groups = [np.sort(away, axis=1)[:, :3].mean(axis=1) for away in relative]
    assert np.allclose(detector.score(new_clips), np.max(groups, axis=0), rtol=1e-9)
    assert np.allclose(
        SubBandDensity(group=5, share=1.0).fit(clips).score(new_clips), np.mean(groups, axis=0), rtol=1e-9
    )


@pytest.mark.parametrize(("group", "n_groups"), [(1, 10), (3, 3), (4, 2), (16, 1), (99, 1)])
def test_groups_are_nearly_of_the_size_asked_for(clips, group: int, n_groups: int) -> None:
    detector = SubBandDensity(group=group).fit(clips)
    assert detector.radius_.shape == (n_groups, 80)


def test_a_fault_in_few_bands_is_not_drowned_by_the_others() -> None:
    rng = np.random.default_rng(0)
    X, normal = rng.normal(size=(300, 64)), rng.normal(size=(100, 64))
    fault = normal.copy()
    fault[:, 16:24] += 2
    misses = {}
    for detector in (SubBandDensity(group=8).fit(X), create("local_density").fit(X)):
        misses[detector.name] = np.mean(detector.score(fault)[:, None] <= detector.score(normal))
    assert misses["subband_density"] < 0.5 * misses["local_density"]
