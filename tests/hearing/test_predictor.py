from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from offkey.audio import ArrayRecording
from offkey.errors import AudioError
from offkey.features.logmel import LogMel
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.predictor import Predictor
from offkey.hearing.windows import Windowing

RATE = 8_000


class Counter(Predictor[str, int]):
    """Names each window, and of one clip counts them; keeps how many recordings it judged in one call."""

    _at_a_time = 3

    def __init__(self) -> None:
        self.calls: list[int] = []

    def extractor(self) -> Extractor:
        return Extractor(LogMel(), RATE, 0, Windowing.every(1.0))

    def judge(self, heard: Sequence[ClipFeatures]) -> list[list[str]]:
        self.calls.append(len(heard))
        return [[f"{clip.name} {window.error or window.start_s}" for window in clip.windows] for clip in heard]

    def _of_recording(self, outcomes: Sequence[str]) -> int:
        if "empty" in outcomes[0]:
            raise AudioError(outcomes[0])
        return len(outcomes)


def sound(seconds: float, number: int = 0) -> ArrayRecording:
    samples = np.random.default_rng(number).standard_normal(round(seconds * RATE)) * 0.1
    return ArrayRecording(samples, RATE, f"sound {number}")


@pytest.mark.parametrize("jobs", [1, 3, 9])
def test_recordings_are_judged_some_at_a_time_in_order(jobs: int) -> None:
    counter = Counter()
    steps: list[None] = []
    sources = [sound(2.0 if number == 5 else 0.5, number) for number in range(8)]
    found = list(counter.results(sources, jobs=jobs, advance=lambda: steps.append(None)))
    expected = [f"sound {number} 0.0" for number in range(8)]
    assert found == [*expected[:6], "sound 5 1.0", *expected[6:]]
    assert sorted(counter.calls) == [2, 3, 3]
    assert len(steps) == 8


def test_one_clip_gets_one_answer_and_several_get_a_list(tmp_path: Path) -> None:
    samples = sound(3.0)._samples[:, 0]
    assert Counter()._of_clips(samples, RATE, 1) == 3
    assert len(Counter()._of_clips([samples, samples], RATE, 1)) == 6
    (tmp_path / "empty.wav").write_bytes(b"")
    with pytest.raises(AudioError, match="is empty"):
        Counter()._of_clips(tmp_path / "empty.wav", None, 1)
    assert len(Counter()._of_clips(tmp_path, None, 1)) == 1  # of a folder each bad clip has its own error
