from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from offkey.detectors import create
from offkey.detectors.density import learn_density, local_radius
from offkey.detectors.subband_density import SubBandDensity
from offkey.errors import ParameterError


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


@pytest.mark.parametrize("quantile", [None, 0.04])
def test_varmin_finds_a_power_for_each_group(clips, new_clips, quantile: float | None) -> None:
    detector = SubBandDensity(group=5, share=1.0, form="varmin_log", exit_quantile=quantile, n_nearest=1).fit(clips)
    seen, new = detector.clips_, detector._view(new_clips)
    groups = []
    for part in (slice(5), slice(5, 10)):
        radius, alpha = learn_density(seen[:, part], 4, logarithms=True, exit_quantile=quantile)
        assert 0 < abs(alpha) != 1
        groups.append((cdist(new[:, part], seen[:, part]) / radius**alpha).min(axis=1))
    assert np.allclose(detector.score(new_clips), np.mean(groups, axis=0), rtol=1e-9)


def test_the_dimensions_of_a_frequency_patch_are_one_group(clips, new_clips) -> None:
    by_patch = SubBandDensity(frequency_patches=5, share=0.4).fit(clips)
    turned = np.arange(10).reshape(2, 5).T.ravel()  # 2 dimensions of 5 patches, each patch by itself
    by_group = SubBandDensity(group=2, share=0.4).fit(clips[:, turned])
    assert by_patch.radius_.shape == (5, 80)
    assert np.allclose(by_patch.score(new_clips), by_group.score(new_clips[:, turned]), rtol=1e-9)
    values, _ = by_patch.contributions(new_clips[0])
    assert np.allclose(values[turned], by_group.contributions(new_clips[0, turned]).values, rtol=1e-6)
    with pytest.raises(ParameterError, match=r"must divide the number of features, 10\. Got 3 instead"):
        SubBandDensity(frequency_patches=3).fit(clips)


def test_a_file_of_an_earlier_version_keeps_its_meaning(clips) -> None:
    kept = set(SubBandDensity().fit(clips).state()["params"])
    assert kept == {"group", "share", "whitening", "n_neighbors", "n_nearest", "memory"}
