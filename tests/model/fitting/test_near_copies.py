from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.cli.main import main
from offkey.errors import AudioError
from offkey.hearing.fingerprint import fingerprint
from offkey.model.fitting.near_copies import _COMMON, Sounds, _without_common, near_copies


def _as_ogg(sound: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    soundfile.write(file, sound, 16_000, format="OGG")
    file.seek(0)
    return soundfile.read(file, dtype="float32")[0]


CHANGES = {
    "level": lambda sound: np.float32(0.999) * sound,
    "1 dB": lambda sound: np.float32(0.891) * sound,
    "noise": lambda sound: sound + 1e-4 * np.random.default_rng(5).standard_normal(len(sound)).astype(np.float32),
    "encoding": _as_ogg,
    "cut": lambda sound: sound[48:],
}


@pytest.fixture(scope="module")
def sounds(hum) -> list[np.ndarray]:
    return [hum(seed) for seed in range(60)]


@pytest.fixture(scope="module")
def alone(sounds: list[np.ndarray]) -> offkey.Model:
    return offkey.fit(sounds[:30], rate=16_000, detector="knn")


def _false_alarms(model: offkey.Model, new: list[np.ndarray]) -> float:
    return float(np.mean([result.p_value <= 0.1 for result in model.score(new, rate=16_000)]))


@pytest.mark.parametrize("change", CHANGES)
def test_near_copies_are_held_out_together_and_count_once(
    change: str, sounds: list[np.ndarray], alone: offkey.Model
) -> None:
    copies = [CHANGES[change](sound) for sound in sounds[:30]]
    model = offkey.fit([*sounds[:30], *copies], rate=16_000, detector="knn")
    assert len(model.calibration.normal_scores) == 30
    assert model.fitted_on.clips == 60
    assert "30 of 60 clips are near copies of others" in model.fitted_on.notes[0]
    assert _false_alarms(model, sounds[30:]) <= max(_false_alarms(alone, sounds[30:]), 0.1)


def test_clips_that_are_merely_alike_are_none(alone: offkey.Model) -> None:
    assert len(alone.calibration.normal_scores) == 30
    assert not any("cop" in note for note in alone.fitted_on.notes)


def test_near_copies_of_one_sound_are_refused(hum) -> None:
    noise = np.random.default_rng(1)
    sound = hum(1)
    clips = [sound + 1e-4 * noise.standard_normal(len(sound)).astype(np.float32) for _ in range(24)]
    with pytest.raises(AudioError, match=r"Too few different sounds to fit.*found 1 among 24 clips"):
        offkey.fit(clips, rate=16_000, detector="knn")


def test_an_engine_tells_the_same_near_copies(hum, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    for seed in range(20):
        soundfile.write(tmp_path / "clips" / f"{seed}.wav", hum(seed), 16_000)
        soundfile.write(tmp_path / "clips" / f"{seed}.ogg", hum(seed), 16_000)
    common = ["fit", str(tmp_path / "clips"), "--detector", "knn", "--model"]
    assert main([*common, str(tmp_path / "a.offkey")]) == 0
    engine = ["--engine", "local", "--workers", "1", "--run", str(tmp_path / "run")]
    assert main([*common, str(tmp_path / "b.offkey"), *engine]) == 0
    assert (tmp_path / "a.offkey").read_bytes() == (tmp_path / "b.offkey").read_bytes()
    assert "20 of 40 clips are near copies" in offkey.load(tmp_path / "a.offkey").fitted_on.notes[0]


def test_windows_of_one_recording_and_silent_ones_are_not_compared(hum) -> None:
    mark = fingerprint(hum(1))
    vectors = np.random.default_rng(2).standard_normal((6, 8)).astype(np.float32)
    assert len(set(near_copies(vectors, [mark] * 6, np.zeros(6, int)).tolist())) == 6
    assert len(set(near_copies(vectors, [None] * 6, np.arange(6)).tolist())) == 6
    assert len(set(near_copies(vectors, [mark] * 3 + [None] * 3, np.arange(6)).tolist())) == 4


def test_sounds_join_groups_and_stand_by_their_highest_score() -> None:
    one = Sounds(np.array([0, 1, 0, 2, 3]))
    assert one.count == 4
    np.testing.assert_array_equal(one.highest(np.array([1.0, 5.0, 3.0, 2.0, -1.0])), [3.0, 5.0, 2.0, -1.0])
    groups = one.groups(np.array([7, 7, 8, 9, 9]))
    assert groups[0] == groups[1] == groups[2] != groups[3] == groups[4]
    assert one.notes(["b", "c", "a", "d", "e"]) == [
        "1 of 5 clips are near copies of others, the same sound at another level, encoded again, cut or with noise; "
        "they are held out together and promise as much as one: b ~ a."
    ]
    assert Sounds(np.arange(3)).notes(["a", "b", "c"]) == []


@pytest.mark.parametrize("shape", [(60, 20), (20, 60), (8, 60_000)])
def test_what_all_share_is_left_out_of_few_features_and_of_many(shape: tuple[int, int]) -> None:
    points = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    left, sizes, right = np.linalg.svd(points, full_matrices=False)
    sizes[:_COMMON] = 0
    np.testing.assert_allclose(_without_common(points), (left * sizes) @ right, atol=1e-3)
