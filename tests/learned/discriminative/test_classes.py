from __future__ import annotations

import numpy as np
import pytest

from offkey.errors import AudioError
from offkey.features.learning import Origin, TrainingClip
from offkey.learned.discriminative.classes import find_classes, origin_of
from offkey.learned.discriminative.pseudo_labels import pseudo_labels


def _clouds(*sizes: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(20 * k, 1, (n, 6)) for k, n in enumerate(sizes)]).astype(np.float32)


def test_what_is_known_makes_the_classes() -> None:
    origins = [Origin("fan", "00", a) for a in ("vel_6", "vel_8", "vel_6")] + [Origin("pump", "01", "vel_6")]
    found = find_classes(origins, _clouds(4), most_clusters=16)
    assert found.names == ["fan 00 vel_6", "fan 00 vel_8", "pump 01 vel_6"]
    assert found.of_row.tolist() == [0, 1, 0, 2]
    np.testing.assert_array_equal(found.shares.argmax(axis=1), found.of_row)


def test_ids_without_attributes_are_cut_up_where_they_sound_in_several_ways() -> None:
    origins = [Origin("fan", "00")] * 20 + [Origin("fan", "02")] * 20
    found = find_classes(origins, _clouds(10, 10, 20), most_clusters=16).names
    assert found == ["fan 00 cluster 0", "fan 00 cluster 1", "fan 02"]
    assert find_classes(origins, _clouds(10, 10, 20), most_clusters=1).names == ["fan 00", "fan 02"]


@pytest.mark.parametrize("missing", ["noAttribute", "_", None])
def test_a_machine_without_attributes_beside_one_with_them_is_clustered(missing: str | None) -> None:
    origins = [Origin("fan", "00", missing)] * 20 + [Origin("pump", "00", "vel_6")] * 10
    found = find_classes(origins, _clouds(12, 8, 10), most_clusters=16)
    assert found.names == ["fan 00 cluster 0", "fan 00 cluster 1", "pump 00 vel_6"]
    assert found.of_row.tolist() == [0] * 12 + [1] * 8 + [2] * 10


def test_of_one_machine_alone_there_are_at_least_two_classes() -> None:
    for origin in (Origin(), Origin("fan", "00"), Origin("fan", "00", "vel_6"), Origin("fan", "00", "noAttribute")):
        found = find_classes([origin] * 20, _clouds(20), most_clusters=16)
        assert len(found.names) >= 2, origin
    with pytest.raises(AudioError, match="expected at least 4 that can be used, got 3"):
        find_classes([Origin()] * 3, _clouds(3), most_clusters=16)
    with pytest.raises(AudioError, match="all sound the same"):
        find_classes([Origin()] * 8, np.ones((8, 3), np.float32), most_clusters=16)
    assert len(find_classes([Origin()] * 20, _clouds(20), most_clusters=1).names) == 2


def test_clusters_are_found_where_there_are_some() -> None:
    statistics = _clouds(15, 9, 30)
    labels = pseudo_labels(statistics, fewest=1, most=8)
    assert np.bincount(labels).tolist() == [30, 15, 9]
    assert len(set(labels[:15].tolist())) == 1
    np.testing.assert_array_equal(labels, pseudo_labels(statistics, fewest=1, most=8))
    assert pseudo_labels(statistics, fewest=1, most=2).max() == 1
    one = np.random.default_rng(0).standard_normal((200, 30)).astype(np.float32)
    assert pseudo_labels(one, fewest=1, most=8).max() == 0
    assert pseudo_labels(one, fewest=2, most=8).max() >= 1
    assert pseudo_labels(np.zeros((10, 3), np.float32), fewest=2, most=8).max() <= 1


def test_names_tell_where_nothing_else_does() -> None:
    clip = TrainingClip("dev_data/fan/train/section_02_source_train_normal_0001_vel_6.wav", "k", list)
    assert origin_of(clip) == Origin("fan", "02", "vel_6")
    told = TrainingClip(clip.name, "k", list, Origin("mixer"))
    assert origin_of(told) == Origin("mixer")
