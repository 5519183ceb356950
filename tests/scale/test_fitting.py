from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import offkey
from offkey.errors import AudioError, UsageError
from offkey.model.extraction import ClipFeatures, Piece
from offkey.scale.clips import list_clips
from offkey.scale.engine import create
from offkey.scale.fitting import fit_run
from offkey.scale.reservoir import Reservoir


def _clip(number: int, *, bad: bool = False) -> ClipFeatures:
    piece = Piece(None, None, None, "bad") if bad else Piece(0.0, 1.0, np.full(3, number, np.float32))
    return ClipFeatures(f"clip {number:03d}", [piece], f"digest {number}")


@given(
    order=st.permutations(range(30)),
    cuts=st.lists(st.integers(0, 30), max_size=4),
    capacity=st.integers(1, 40),
)
def test_a_reservoir_does_not_depend_on_order_or_shards(order: list[int], cuts: list[int], capacity: int) -> None:
    whole = Reservoir(capacity)
    whole.add(_clip(number) for number in range(30))
    merged = Reservoir(capacity)
    for numbers in np.split(np.array(order), sorted(cuts)):
        shard = Reservoir(capacity)
        shard.add(_clip(number) for number in numbers)
        merged.merge(shard)
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
    fitted = fit_run(clips, str(tmp_path / "run"), create("local", workers=2), detector="mahalanobis").model
    one = offkey.fit(clips_folder, detector="mahalanobis")
    assert fitted.fitted_on == one.fitted_on
    assert fitted.threshold == one.threshold
    assert fitted.score(clips_folder) == one.score(clips_folder)
    assert len(fitted.fitted_on.left_out) == 3


def test_of_many_clips_a_sample_is_fitted_and_said_so(clips_folder: Path, tmp_path: Path) -> None:
    clips = list_clips([str(clips_folder)])
    engine = create("local", workers=1)
    models = [
        fit_run(clips, str(tmp_path / "run"), engine, detector="mahalanobis", most_clips=20).model for _ in range(2)
    ]
    on = models[0].fitted_on
    assert on.clips == 20
    assert "Fitted on 20 of 37 clips, drawn by their content." in on.notes
    assert models[1].fitted_on == on
    domains = {clip.name: "target" if "_1" in clip.name else "source" for clip in clips}
    told = fit_run(clips, str(tmp_path / "run"), engine, detector="mahalanobis", domains=domains).model
    assert told.fitted_on.domains == {"source": 27, "target": 10}


def test_what_cannot_be_fitted_is_refused(clips_folder: Path, tmp_path: Path) -> None:
    engine = create("local", workers=1)
    with pytest.raises(UsageError, match="no_such"):
        fit_run(list_clips([str(clips_folder)]), str(tmp_path / "run"), engine, detector="no_such")
    bad = [clip for clip in list_clips([str(clips_folder)]) if "clip_9" in clip.name and "93" not in clip.name]
    with pytest.raises(AudioError, match="Too few normal clips"):
        fit_run(bad, str(tmp_path / "bad"), engine)
