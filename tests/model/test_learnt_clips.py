from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.audio import FileRecording
from offkey.errors import ParameterError
from offkey.model.learnt_clips import LearntClips


def test_of_a_recording_in_windows_the_highest_score_counts() -> None:
    one, other = "00" * 32, "ff" * 32
    learnt = LearntClips.of([other, one, other], np.array([1.0, 5.0, 3.0]))
    assert learnt is not None
    assert (learnt.score(one), learnt.score(other), learnt.score("11" * 32)) == (5.0, 3.0, None)
    assert LearntClips.of(["", ""], np.array([1.0, 2.0])) is None


@pytest.mark.parametrize(
    ("digests", "scores"),
    [
        (np.zeros((2, 8), np.uint8), np.zeros(3)),
        (np.zeros((2, 7), np.uint8), np.zeros(2)),
        (np.zeros((2, 8), np.int8), np.zeros(2)),
        (np.zeros((2, 8), np.uint8), np.array([0.0, np.nan])),
    ],
)
def test_arrays_that_do_not_fit_are_refused(digests: np.ndarray, scores: np.ndarray) -> None:
    with pytest.raises(ParameterError, match="a finite score each"):
        LearntClips(digests, scores)


def test_each_clip_has_its_own_score_whatever_the_order_of_the_fit(normal_folder: Path, hum, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "unlike.wav", hum(77, tone_hz=3000), 16_000)
    (tmp_path / "copy.wav").write_bytes((tmp_path / "unlike.wav").read_bytes())
    model = offkey.fit([normal_folder, tmp_path], detector="knn")
    assert model.learnt is not None
    digest = FileRecording(tmp_path / "unlike.wav").digest()
    assert model.learnt.score(digest) == model.calibration.normal_scores.max()
