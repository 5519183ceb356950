from __future__ import annotations

import numpy as np
import pytest
import soundfile

import offkey
from offkey.features.parts import FeaturePart
from offkey.model.fitting.neighbours import nearest
from offkey.model.fitting.outliers import describe_outliers


def test_a_fault_among_the_training_clips_is_named_with_what_is_unlike(hum, tmp_path) -> None:
    for number in range(24):
        soundfile.write(tmp_path / f"{number:02d}.wav", hum(number, tone_hz=3000 if number == 7 else None), 16_000)
    notes = [note for note in offkey.fit(tmp_path, detector="knn").fitted_on.notes if note.startswith("listen to")]
    assert len(notes) == 1
    assert notes[0].count(".wav") == 1
    assert "07.wav (" in notes[0]
    assert "dB louder between 2" in notes[0]


@pytest.mark.parametrize("features", ["logmel", "mfcc"])
def test_clips_of_one_machine_are_not_named(hum, features: str) -> None:
    model = offkey.fit([hum(number) for number in range(40)], rate=16_000, detector="knn", features=features)
    assert not any(note.startswith("listen to these") for note in model.fitted_on.notes)


def test_near_copies_do_not_vouch_for_each_other_and_few_clips_tell_nothing() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((42, 20)).astype(np.float32)
    vectors[40:] = 90.0
    vectors[41] += 0.001
    names, louder = [f"{row}.wav" for row in range(42)], np.full(20, 6.0, np.float32)
    parts = [FeaturePart(band, f"band {band}", 100.0 * band, 100.0 * band + 100, (band,)) for band in range(20)]
    sounds = np.arange(42)
    sounds[41] = 40
    said = describe_outliers(vectors, sounds, parts, louder, names)
    assert len(said) == 1
    assert all(name in said[0] for name in ("40.wav (", "41.wav (", "dB louder between 0 and 2000 Hz"))
    assert "40.wav" in describe_outliers(vectors, sounds, [], None, names)[0]
    assert describe_outliers(vectors[24:], sounds[24:], parts, louder, names[24:]) == []


def test_neighbours_are_those_of_other_groups() -> None:
    points = np.array([[0.0], [0.1], [1.0], [5.0]], np.float32)
    near = nearest(points, np.array([0, 0, 1, 2]), 2)
    assert [sorted(row) for row in near[:2].tolist()] == [[2, 3], [2, 3]]
    assert sorted(near[3].tolist()) != [3]
