from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import offkey
from offkey.errors import AudioError, UsageError
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.hearing.clips import list_clips
from offkey.scale.fitting import fit_run
from offkey.scale.jobs import features
from offkey.scale.reservoir import Reservoir
from offkey.work.executor import create_executor
from offkey.work.here import Here


def _clip(number: int, *, bad: bool = False) -> ClipFeatures:
    piece = WindowFeatures(None, None, None, "bad") if bad else WindowFeatures(0.0, 1.0, np.full(3, number, np.float32))
    return ClipFeatures(f"clip {number:03d}", [piece], f"digest {number}")


@given(
    order=st.permutations(range(30)),
    cuts=st.lists(st.integers(0, 30), max_size=4),
    capacity=st.integers(1, 40),
)
def test_a_reservoir_does_not_depend_on_order_or_parts(order: list[int], cuts: list[int], capacity: int) -> None:
    whole = Reservoir(capacity)
    whole.add(_clip(number) for number in range(30))
    merged = Reservoir(capacity)
    for numbers in np.split(np.array(order), sorted(cuts)):
        part = Reservoir(capacity)
        part.add(_clip(number) for number in numbers)
        merged.merge(part)
    assert [clip.name for clip in merged.clips()] == [clip.name for clip in whole.clips()]
    assert merged.seen == whole.seen == 30
    assert len(whole.clips()) == min(capacity, 30)


def test_every_clip_is_drawn_as_often() -> None:
    counts = np.zeros(20)
    for seed in range(400):
        reservoir = Reservoir(5, seed=seed)
        reservoir.add(_clip(number) for number in range(20))
        counts[[int(clip.name[-3:]) for clip in reservoir.clips()]] += 1
    # 400 draws of 5 in 20: 100 each, standard deviation 8.7
    assert counts.sum() == 2000
    assert np.abs(counts - 100).max() < 4 * 8.7


def test_clips_without_features_are_passed_over() -> None:
    reservoir = Reservoir(5)
    reservoir.add([_clip(0, bad=True), _clip(1)])
    assert [clip.name for clip in reservoir.clips()] == ["clip 001"]


def test_the_model_of_a_run_is_that_of_one_process(clips_folder: Path, tmp_path: Path) -> None:
    clips = list_clips([str(clips_folder)])
    options = {"detector": "mahalanobis", "features": "mfcc", "keep_references": 2}
    fitted = fit_run(clips, str(tmp_path / "run"), create_executor("local", jobs=2), **options).model
    one = offkey.fit(clips_folder, **options)
    assert fitted.fitted_on == one.fitted_on
    assert fitted.threshold == one.threshold
    assert fitted.score(clips_folder) == one.score(clips_folder)
    assert len(fitted.fitted_on.left_out) == 3
    assert fitted.reference is not None
    assert one.reference is not None
    assert fitted.reference.names == one.reference.names
    assert {row: sound.tobytes() for row, sound in fitted.reference.sounds.items()} == {
        row: sound.tobytes() for row, sound in one.reference.sounds.items()
    }


def test_of_many_clips_a_sample_is_fitted_and_said_so(clips_folder: Path, here: Here, tmp_path: Path) -> None:
    clips = list_clips([str(clips_folder)])
    domains = {clip.name: "target" if "_1" in clip.name else "source" for clip in clips}
    options: dict[str, Any] = {"detector": "knn", "features": "mfcc"}
    summed_up = {"most_clips": 20, "domains": domains, **options}
    fitted = fit_run(clips, str(tmp_path / "run"), here, part_items=4, bundle_parts=3, **summed_up)
    sample = Reservoir(20)
    sample.add(features(fitted.done))
    names = [clip.name for clip in sample.clips()] + [name for name, _ in fitted.model.fitted_on.left_out]
    assert len(names) == 23
    kept = [clip for clip in clips if clip.text in names]
    one = offkey.fit([clip.name for clip in kept], domains=[domains[clip.name] for clip in kept], **options)
    note = (
        "Fitted on 20 of 37 clips, drawn by their content: no false-alarm rate exceeds its promise by more than 0.3 "
        "(95 %)."
    )
    assert fitted.model.fitted_on == one.fitted_on.model_copy(update={"notes": (*one.fitted_on.notes, note)})
    assert fitted.model.threshold == one.threshold
    assert fitted.model.score(clips_folder) == one.score(clips_folder)
    otherwise = fit_run(clips, str(tmp_path / "otherwise"), here, part_items=7, **summed_up).model
    assert _file(otherwise, tmp_path) == _file(fitted.model, tmp_path)


@pytest.mark.parametrize("detector", ["mahalanobis", "pca_residual"])
@pytest.mark.parametrize("features", ["mfcc", "stats"])
def test_of_mean_and_covariance_all_clips_count(
    detector: str, features: str, clips_folder: Path, here: Here, tmp_path: Path
) -> None:
    clips = list_clips([str(clips_folder)])
    domains = {clip.name: "target" if "_1" in clip.name else "source" for clip in clips}
    options = {"detector": detector, "features": features}
    fitted = fit_run(
        clips, str(tmp_path / "run"), here, most_clips=20, part_items=4, bundle_parts=3, domains=domains, **options
    ).model
    one = offkey.fit(clips_folder, domains=list(domains.values()), **options)
    assert fitted.fitted_on.domains == one.fitted_on.domains == {"source": 27, "target": 10}
    assert (fitted.fitted_on.clips, fitted.fitted_on.seconds) == (37, one.fitted_on.seconds)
    assert fitted.fitted_on.left_out == one.fitted_on.left_out
    scores, expected = ([r.score for r in model.score(clips_folder) if r.score is not None] for model in (fitted, one))
    assert scores == pytest.approx(expected, rel=1e-9)
    assert len(fitted.calibration.normal_scores) == 20
    assert fitted.reference is not None
    assert len(fitted.reference.names) == 20


def test_every_engine_gives_the_same_model_to_the_byte(
    engine_name: str, here: Here, clips_folder: Path, tmp_path: Path
) -> None:
    clips = list_clips([str(clips_folder)])
    options = {"detector": "mahalanobis", "features": "stats", "most_clips": 20, "part_items": 4, "bundle_parts": 3}
    models = [
        fit_run(clips, str(tmp_path / name), engine, **options).model
        for name, engine in (("here", here), ("there", create_executor(engine_name, jobs=2)))
    ]
    assert _file(models[0], tmp_path) == _file(models[1], tmp_path)


def test_clips_parts_and_summaries_may_lie_in_an_object_store(
    s3: str, here: Here, clips_folder: Path, tmp_path: Path
) -> None:
    import fsspec

    paths = sorted(clips_folder.glob("clip_[0-3]*.wav"))
    for path in paths:
        fsspec.filesystem("s3").pipe_file(f"{s3}/fitted/{path.name}", path.read_bytes())
    options = {"detector": "mahalanobis", "features": "mfcc", "keep_references": 1}
    clips = list_clips([f"{s3}/fitted"])
    fitted = fit_run(clips, f"{s3}/fitted-run", here, most_clips=30, part_items=12, bundle_parts=2, **options).model
    one = offkey.fit(paths, **options)
    assert fitted.fitted_on.clips == one.fitted_on.clips == 36
    scores, expected = ([result.score for result in model.score(paths)] for model in (fitted, one))
    assert scores == pytest.approx(expected, rel=1e-9)
    assert fitted.reference is not None
    assert {name.rpartition("/")[0] for name in fitted.reference.names} == {f"{s3}/fitted"}
    assert len(fitted.reference.sounds) == 1


DRIVER = """
import sys
from offkey.hearing.clips import list_clips
from offkey.work.executor import create_executor
from offkey.scale.fitting import fit_run
if __name__ == "__main__":
    engine, address, clips, folder = sys.argv[1:]
    engine = create_executor(engine, jobs=1, address=address or None)
    options = {"detector": "mahalanobis", "features": "mfcc", "most_clips": 20, "part_items": 2, "bundle_parts": 2}
    fit_run(list_clips([clips]), folder, engine, **options)
"""


def test_a_driver_killed_while_it_sums_up_leaves_whole_summaries_and_the_next_goes_on(
    engine_name: str, here: Here, clips_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue("ray_address") if engine_name == "ray" else ""
    folder = tmp_path / "run"
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    command = [sys.executable, str(script), engine_name, address, str(clips_folder), str(folder)]
    driver = subprocess.Popen(command, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 300
    while not list(folder.glob("summaries/*")) and driver.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    driver.kill()
    _, said = driver.communicate()
    time.sleep(0.3)  # a worker that outlives its driver for a moment may still link its summary
    there = {path: path.stat().st_mtime_ns for path in folder.glob("summaries/*")}
    assert there, said.decode()
    options = {"detector": "mahalanobis", "features": "mfcc", "most_clips": 20, "part_items": 2, "bundle_parts": 2}
    clips = list_clips([str(clips_folder)])
    fitted = fit_run(clips, str(folder), create_executor(engine_name, jobs=1), **options)
    assert {path: path.stat().st_mtime_ns for path in there} == there
    assert fitted.done.reused == 20
    whole = fit_run(clips, str(tmp_path / "whole"), here, **options)
    assert _file(fitted.model, tmp_path) == _file(whole.model, tmp_path)
    assert len(list(folder.glob("summaries/*"))) == 10 + 5 + 3 + 2 + 1


def _file(model: offkey.Model, folder: Path) -> bytes:
    """Return the model file, in which all is that a model knows."""
    model.save(folder / "model.offkey")
    return (folder / "model.offkey").read_bytes()


def test_what_cannot_be_fitted_is_refused(clips_folder: Path, tmp_path: Path) -> None:
    engine = create_executor("local", jobs=1)
    with pytest.raises(UsageError, match="no_such"):
        fit_run(list_clips([str(clips_folder)]), str(tmp_path / "run"), engine, detector="no_such")
    with pytest.raises(UsageError, match=r"'discriminative' has to learn from all clips first, .* 'offkey embed'"):
        fit_run(list_clips([str(clips_folder)]), str(tmp_path / "run"), engine, features="discriminative")
    bad = [clip for clip in list_clips([str(clips_folder)]) if "clip_9" in clip.name and "93" not in clip.name]
    with pytest.raises(AudioError, match="Too few normal clips"):
        fit_run(bad, str(tmp_path / "bad"), engine)


def test_moments_of_all_are_not_learnt_from_where_they_count_copies(
    clips_folder: Path, here: Here, tmp_path: Path
) -> None:
    (tmp_path / "clips").mkdir()
    for number, path in enumerate(sorted(clips_folder.glob("clip_[0-3]*.wav"))):
        for name in ("a", "b"):
            (tmp_path / "clips" / f"{name}{number}.wav").write_bytes(path.read_bytes())
    clips = list_clips([str(tmp_path / "clips")])
    options = {"detector": "mahalanobis", "features": "mfcc", "most_clips": 40, "part_items": 8}
    on = fit_run(clips, str(tmp_path / "run"), here, **options).model.fitted_on
    assert on.clips == 20
    assert any(note.startswith("20 of 40 clips are copies of others and count once: ") for note in on.notes)
    assert any("Fitted on 20 of 72 clips" in note for note in on.notes)
