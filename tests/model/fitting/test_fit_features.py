from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.decision import Calibration
from offkey.errors import AudioError, OffkeyError
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.model.config import make_config
from offkey.model.fitting.fit_features import fit_features
from offkey.model.make_components import make_extractor


def test_fit_and_score_in_three_lines(normal_folder: Path, tmp_path: Path, hum) -> None:
    model = offkey.fit(normal_folder)
    soundfile.write(tmp_path / "normal.wav", hum(200), 16_000)
    soundfile.write(tmp_path / "fault.wav", hum(201, tone_hz=3000), 16_000)
    normal, fault = model.score(tmp_path / "normal.wav"), model.score(str(tmp_path / "fault.wav"))
    assert fault.score > normal.score
    assert fault.anomalous
    assert not normal.anomalous
    assert fault.p_value == pytest.approx(1 / 25)


def test_arrays_and_files_give_the_same_scores(normal_folder: Path, hum) -> None:
    arrays = [soundfile.read(path, dtype="float32")[0] for path in sorted(normal_folder.iterdir())]
    from_arrays, from_files = offkey.fit(arrays, rate=16_000), offkey.fit(normal_folder)
    new = hum(7, tone_hz=500)
    a, b = from_arrays.score(new, rate=16_000), from_files.score(new, rate=16_000)
    assert a.score == b.score
    assert from_arrays.fitted_on.seconds == from_files.fitted_on.seconds == 24.0


def test_any_number_of_threads_gives_the_same_model(normal_folder: Path, hum) -> None:
    one, two = (offkey.fit(normal_folder, jobs=jobs) for jobs in (1, 2))
    np.testing.assert_array_equal(one.calibration.normal_scores, two.calibration.normal_scores)
    assert one.fitted_on == two.fitted_on


def test_any_number_of_threads_gives_the_same_results_in_order(
    normal_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offkey.model.model.Model._at_a_time", 3)
    model, files = offkey.fit(normal_folder), sorted(normal_folder.iterdir())
    one, two, eight = (list(model.results(files, jobs=jobs)) for jobs in (1, 2, 8))
    assert [result.file for result in one] == [str(path) for path in files]
    assert one == two == eight


def test_bad_clips_are_named_and_left_out(normal_folder: Path, mixed_folder: Path) -> None:
    model = offkey.fit([normal_folder, mixed_folder], rate=16_000)
    left_out = {Path(name).name: reason for name, reason in model.fitted_on.left_out}
    assert set(left_out) == {path.name for path in mixed_folder.iterdir() if path.name.startswith("bad_")}
    assert "sampled at 8000 Hz, but at least 16000 Hz are needed" in left_out["bad_8_khz.wav"]
    assert model.fitted_on.clips == 24 + 4


@pytest.mark.parametrize("detector", ["fused", "knn"])
def test_clips_that_all_have_the_same_features_are_refused(detector: str, hum) -> None:
    too_quiet = [1e-9 * hum(number) for number in range(24)]
    with pytest.raises(AudioError, match=r"All 24 normal clips have the same features.*too quiet"):
        offkey.fit(too_quiet, rate=16_000, detector=detector)
    with pytest.raises(AudioError, match=r"found 2 among 25; 23 are copies of others, which sound exactly the same\."):
        offkey.fit([*too_quiet, hum(24)], rate=16_000, detector=detector)


def test_the_lowest_rate_is_taken_and_a_minority_is_said(normal_folder: Path, tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "low.wav", hum(50, rate=8_000), 8_000)
    model = offkey.fit([normal_folder, tmp_path])
    assert model.rate == 8_000
    assert "1 of 25 clips, such as" in model.fitted_on.notes[0]
    assert "fit with --rate 16000" in model.fitted_on.notes[0]


def test_a_rate_that_is_asked_for_is_taken(hum) -> None:
    assert offkey.fit([hum(k, rate=96_000) for k in range(6)], rate=96_000).rate == 96_000


def test_files_above_48_khz_give_a_model_at_48_khz(tmp_path: Path, hum) -> None:
    for number in range(6):
        soundfile.write(tmp_path / f"{number}.wav", hum(number, rate=96_000), 96_000)
    assert offkey.fit(tmp_path).rate == 48_000


def test_few_clips_are_fitted_with_a_warning_and_too_few_are_refused(hum) -> None:
    few = offkey.fit([hum(k) for k in range(6)], rate=16_000)
    assert any("Only 6 normal clips" in note for note in few.fitted_on.notes)
    with pytest.raises(AudioError, match=r"expected at least 5 that can be used, .* found 4 among 4"):
        offkey.fit([hum(k) for k in range(4)], rate=16_000)
    with pytest.raises(AudioError, match=r"found 0 among 6; the first reason: array 0 is digital silence"):
        offkey.fit([np.zeros(16_000)] * 6, rate=16_000)


def test_a_long_recording_is_fitted_and_scored_in_windows(tmp_path: Path, hum) -> None:
    sound = hum(3, seconds=125)
    path = tmp_path / "long.wav"
    soundfile.write(path, sound, 16_000)
    model = offkey.fit(path, window_s=5.0, hop_s=5.0)
    assert model.fitted_on.clips == 1
    assert model.fitted_on.windows == 25
    fault = sound.copy()
    t = np.arange(16_000 * 5) / 16_000
    fault[60 * 16_000 : 65 * 16_000] += (0.05 * np.sin(2 * np.pi * 3000 * t)).astype(np.float32)
    fault[20 * 16_000 : 25 * 16_000] = 0
    soundfile.write(path, fault, 16_000)
    results = model.score([path])
    assert [(result.start_s, result.end_s) for result in results] == [(5 * k, 5 * k + 5) for k in range(25)]
    assert results[4].error is not None
    assert "digital silence" in results[4].error
    worst = model.score(path)
    assert (worst.start_s, worst.end_s, worst.anomalous) == (60, 65, True)


def test_features_that_are_extracted_already_give_the_same_model_and_results(normal_folder: Path) -> None:
    config = make_config(detector="knn")
    files = sorted(normal_folder.iterdir())
    heard = list(make_extractor(config, 16_000, digest=True).extract_all(files, jobs=2))
    model, same = offkey.fit(normal_folder, detector="knn"), fit_features(heard, config=config, rate=16_000)
    assert model.fitted_on == same.fitted_on
    assert same.judge(heard[:3]) == [[result] for result in model.results(files[:3])]


def test_the_seed_moves_the_folds_of_clips_that_are_too_many_to_be_left_out_one_by_one() -> None:
    vectors = np.random.default_rng(0).normal(size=(120, 20)).astype(np.float32)
    heard = [
        ClipFeatures(f"{n}.wav", [WindowFeatures(0.0, 1.0, vector)], f"{n:064x}") for n, vector in enumerate(vectors)
    ]
    config = make_config(detector="knn")
    first, again, other = (fit_features(heard, config=config, rate=16_000, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.calibration.normal_scores, again.calibration.normal_scores)
    assert (first.calibration.normal_scores != other.calibration.normal_scores).any()


def test_one_bad_clip_is_an_error_of_its_own(normal_folder: Path, mixed_folder: Path) -> None:
    model = offkey.fit(normal_folder)
    with pytest.raises(AudioError, match=r"bad_silence\.wav is digital silence"):
        model.score(mixed_folder / "bad_silence.wav")
    results = {Path(result.file).name: result for result in model.score(mixed_folder)}
    for name, result in results.items():
        assert (result.error is None) == name.startswith("good"), (name, result.error)
        assert (result.score is None) == (result.error is not None)


@pytest.mark.parametrize("detector", ["knn", "fused"])
def test_the_promised_false_alarm_rate_is_kept(hum, detector: str) -> None:
    """On held-out normal clips the rate is kept within its binomial error."""
    model = offkey.fit([hum(k) for k in range(60)], rate=16_000, detector=detector, false_alarm_rate=0.1)
    results = model.score([hum(k) for k in range(1000, 1200)], rate=16_000)
    alarms = sum(bool(result.anomalous) for result in results)
    assert alarms <= 200 * 0.1 + 4 * np.sqrt(200 * 0.1 * 0.9) + 8  # and the error of 60 calibration scores


def test_all_errors_have_one_root(normal_folder: Path) -> None:
    with pytest.raises(OffkeyError):
        offkey.fit(normal_folder / "missing")


@pytest.mark.parametrize("detector", ["fused", "knn", "gmm", "mahalanobis"])
def test_the_order_of_the_clips_changes_nothing(detector: str, normal_folder: Path, tmp_path: Path) -> None:
    files = sorted(normal_folder.iterdir())
    domains = ["source"] * 18 + ["target"] * 6
    order = np.random.default_rng(3).permutation(len(files)).tolist()
    offkey.fit(files, domains=domains, detector=detector).save(tmp_path / "sorted.offkey")
    shuffled = [files[row] for row in order], [domains[row] for row in order]
    offkey.fit(shuffled[0], domains=shuffled[1], detector=detector, keep_references=0).save(tmp_path / "any.offkey")
    assert (tmp_path / "sorted.offkey").read_bytes() == (tmp_path / "any.offkey").read_bytes()


def test_the_order_of_arrays_changes_no_score(hum) -> None:
    sounds = [hum(number) for number in range(24)]
    forth, back = (offkey.fit(clips, rate=16_000, detector="knn") for clips in (sounds, sounds[::-1]))
    np.testing.assert_array_equal(forth.calibration.normal_scores, back.calibration.normal_scores)
    assert forth.threshold == back.threshold


def test_copies_count_once_and_change_nothing(normal_folder: Path, hum, tmp_path: Path) -> None:
    once = offkey.fit(normal_folder, detector="knn")
    (tmp_path / "backup of all").mkdir()
    for number, path in enumerate(sorted(normal_folder.iterdir())):
        if number % 3 == 0:
            (tmp_path / "backup of all" / path.name).write_bytes(path.read_bytes())
        elif number % 3 == 1:
            (tmp_path / f"a longer name for {path.name}").symlink_to(path)
        else:
            soundfile.write(tmp_path / f"encoded {path.stem}.flac", soundfile.read(path)[0], 16_000)
    folders = [normal_folder, tmp_path, f"{normal_folder}/../{normal_folder.name}"]
    more = offkey.fit(folders, detector="knn")
    np.testing.assert_array_equal(more.calibration.normal_scores, once.calibration.normal_scores)
    assert more.threshold == once.threshold
    assert (more.fitted_on.clips, more.fitted_on.left_out) == (24, ())
    assert "24 of 48 clips are copies of others and count once: " in more.fitted_on.notes[0]


def test_windows_that_sound_the_same_count_once(hum) -> None:
    loop = np.tile(hum(1, seconds=10), 7)
    others = [hum(number, seconds=10) for number in range(2, 22)]
    model = offkey.fit([loop, *others], rate=16_000, detector="knn")
    assert (model.fitted_on.clips, model.fitted_on.windows) == (21, 21)
    assert "6 windows sound exactly as earlier ones and count once." in model.fitted_on.notes


def test_told_domains_keep_the_rate_where_normal_clips_score_highest(hum) -> None:
    rng = np.random.default_rng(1000)
    steady = [hum(seed) for seed in range(30)]
    noisy = [hum(seed) + rng.normal(0, rng.uniform(0.01, 0.2), 16_000) for seed in range(30, 40)]
    domains = ["source"] * 30 + ["target"] * 10
    told = offkey.fit([*steady, *noisy], rate=16_000, domains=domains, false_alarm_rate=0.05)
    plain = offkey.fit([*steady, *noisy], rate=16_000, false_alarm_rate=0.05)
    note = next(note for note in told.fitted_on.notes if "domain" in note)
    assert note.startswith("Normal clips of the domain 'target' score highest: the threshold keeps its rate there")
    assert not any("domain" in note for note in plain.fitted_on.notes)
    assert np.median(told.calibration.normal_scores) > np.median(told.learnt.scores)
    np.testing.assert_array_equal(plain.calibration.normal_scores, np.sort(plain.learnt.scores))
    as_they_are = Calibration(told.learnt.scores)
    assert told.calibration.threshold(0.3).value > as_they_are.threshold(0.3).value
    assert told.threshold.value >= as_they_are.threshold(0.05).value
