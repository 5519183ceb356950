from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.errors import ModelFileError, ParameterError
from offkey.model.fitting.learn_reference import MOST_HEARD
from offkey.model.reference import Reference, band_count, levels_of


@pytest.fixture(scope="module")
def reference(normal_folder: Path) -> Reference:
    found = offkey.fit(normal_folder, detector="knn", keep_references=3).reference
    assert found is not None
    return found


def test_every_clip_is_there_up_to_a_number(reference: Reference) -> None:
    assert len(reference.names) == len(reference.profiles) == len(reference.timbre) == 24 < MOST_HEARD
    assert reference.profiles.shape[1:] == (17, 128)
    assert (np.diff(reference.profiles, axis=1) >= 0).all()


def test_what_is_kept_sounds_as_it_did(reference: Reference, hum) -> None:
    assert len(reference.sounds) == 3
    row = int(next(iter(reference.sounds)))
    number = int(Path(reference.names[row]).stem.removeprefix("normal_"))
    heard = hum(number) - hum(number).mean()
    assert np.abs(reference.sound(row) - heard).max() < 1e-4
    lacking = next(row for row in range(24) if str(row) not in reference.sounds)
    assert reference.sound(lacking) is None


def test_a_clip_is_nearest_to_itself(normal_folder: Path) -> None:
    model = offkey.fit(normal_folder, detector="knn", keep_references=24)
    assert model.reference is not None
    for row in (0, 7, 23):
        assert model.reference.nearest(model.reference.vectors[row]) == (row, 0.0)


def test_clips_are_alike_by_most_of_their_bands(reference: Reference, hum) -> None:
    number = int(Path(reference.names[5]).stem.removeprefix("normal_"))
    assert reference.alike(levels_of(hum(number, tone_hz=3000), 16_000), 1) == [5]


def test_it_comes_back_from_the_file(normal_folder: Path, tmp_path: Path) -> None:
    model = offkey.fit(normal_folder, detector="knn", keep_references=2)
    model.save(tmp_path / "m.offkey")
    kept, back = model.reference, offkey.load(tmp_path / "m.offkey").reference
    assert kept is not None
    assert back is not None
    assert back.names == kept.names
    for name in ("spans_s", "vectors", "scale", "profiles", "timbre"):
        assert np.array_equal(getattr(back, name), getattr(kept, name))
    assert {row: sound.tobytes() for row, sound in back.sounds.items()} == {
        row: sound.tobytes() for row, sound in kept.sounds.items()
    }


def test_windows_of_long_recordings_are_kept_by_their_place(hum) -> None:
    model = offkey.fit([hum(number, seconds=70) for number in range(2)], rate=16_000, detector="knn", keep_references=2)
    assert model.reference is not None
    assert model.reference.spans_s[:3].tolist() == [[0, 10], [10, 20], [20, 30]]
    row = int(next(iter(model.reference.sounds)))
    sound = model.reference.sound(row)
    assert sound is not None
    assert len(sound) == 160_000


@pytest.mark.parametrize(("rate", "bands"), [(1_000, 8), (8_000, 64), (16_000, 128), (48_000, 128)])
def test_no_band_is_empty(rate: int, bands: int) -> None:
    assert band_count(rate) == bands
    noise = np.random.default_rng(0).standard_normal(rate).astype(np.float32)
    assert levels_of(noise, rate).min() > -100


def test_what_does_not_fit_is_named(normal_folder: Path) -> None:
    model = offkey.fit(normal_folder, detector="knn", keep_references=1)
    kept, n_features = model.reference, model.detector.n_features_
    assert kept is not None
    kept.check(n_features, model.rate)
    wrong = {
        "vectors": kept.vectors[:, 1:],
        "scale": 0 * kept.scale,
        "profiles": kept.profiles[:, :, 1:],
        "timbre": kept.timbre[:, 1:],
        "spans_s": kept.spans_s[1:],
    }
    for name, value in wrong.items():
        with pytest.raises(ParameterError, match=f"normal clips is damaged: '{name}' must be"):
            replace(kept, **{name: value}).check(n_features, model.rate)
    ((row, sound),) = kept.sounds.items()
    for odd in ({"99": sound}, {"x": sound}, {row: sound.astype(float)}):
        with pytest.raises(ParameterError, match="there is no sound"):
            replace(kept, sounds=odd).check(n_features, model.rate)
    with pytest.raises(ModelFileError, match=r"that the model keeps is damaged .*: fit it again or copy it again"):
        replace(kept, sounds={row: sound[: len(sound) // 2]}).sound(int(row))
