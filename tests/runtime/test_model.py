from __future__ import annotations

import numpy as np
import pytest
from tests.runtime.conftest import RATE, WINDOW, noise

from offkey.runtime.errors import EdgeError, SoundError
from offkey.runtime.model import Model


def test_a_window_has_a_score_a_p_value_and_a_decision(model: Model) -> None:
    sound = noise(WINDOW, 0.5)
    result = model.score(sound)
    assert result.score == pytest.approx(float(np.sqrt((sound.astype(float) ** 2).mean())))
    assert (result.start_s, result.end_s) == (0, 0.2)
    assert (result.p_value, result.anomalous, result.error) == (0.01, True, None)
    quiet = model.score(noise(WINDOW, 1e-3))
    assert (quiet.p_value, quiet.anomalous) == (1.0, False)
    assert model.engine == "numpy"


def test_longer_sound_is_as_anomalous_as_its_most_anomalous_window(model: Model) -> None:
    sound = noise(3 * WINDOW + 50)
    sound[-40:] += 5
    results = model.score_windows(sound, rate=RATE)
    assert [result.start_s for result in results] == [0, 0.2, 0.4, 0.45]
    assert model.score(sound) == results[3]
    assert sum(result.anomalous for result in results) == 1  # type: ignore[misc]


@pytest.mark.parametrize("dtype", [np.int16, np.int32])
def test_whole_numbers_are_scaled_by_their_width(model: Model, dtype: type[np.signedinteger]) -> None:
    sound = np.clip(noise(WINDOW, 0.2), -1, 0.99)
    whole = (sound * (float(np.iinfo(dtype).max) + 1)).astype(dtype)
    assert model.score(whole).score == pytest.approx(model.score(sound).score, rel=1e-3)


def test_the_channel_is_that_of_the_calibration(model: Model) -> None:
    both = np.stack([noise(WINDOW, 0.01), noise(WINDOW, 0.3, 1)], axis=1)
    expected = {0: both[:, 0], 1: both[:, 1], "mean": both.mean(axis=1), "1-0": both[:, 1] - both[:, 0]}
    for channel, sound in expected.items():
        model.channel = channel
        assert model.score(both) == model.score(sound)
    model.channel = 2
    with pytest.raises(SoundError, match=r"The array has no channel 2: it has 2, counted from 0"):
        model.score(both)


@pytest.mark.parametrize(
    ("sound", "rate", "sentence"),
    [
        (noise(WINDOW), 8000, r"The array is sampled at 8000 Hz, and the model takes 1000 Hz\."),
        (noise(WINDOW - 1), None, r"too short: 199 ms of sound, a window of this model has 200 ms\."),
        (np.zeros(WINDOW, np.float32), None, r"The array is digital silence: every sample is 0; check"),
        (np.full(WINDOW, np.nan, np.float32), None, r"NaN, infinite or beyond all scales, the first 0\.000 s into it"),
        (np.full(WINDOW, 1e300), None, r"NaN, infinite or beyond all scales"),
        (np.zeros((WINDOW, 1, 1)), None, r"of shape \(n,\) or \(n, channels\)\. Got float64 of shape \(200, 1, 1\)"),
        (np.zeros(WINDOW, np.uint8), None, r"signed integers of 16 or 32 bits.*Got uint8 of shape \(200,\)"),
        (np.zeros(WINDOW, np.int64), None, r"Got int64"),
        (["a", "b"], None, r"Got <U1"),
    ],
)
def test_what_is_no_sound_is_refused_in_a_sentence(
    model: Model, sound: object, rate: int | None, sentence: str
) -> None:
    with pytest.raises(SoundError, match=sentence):
        model.score(sound, rate=rate)  # type: ignore[arg-type]


def test_a_window_without_a_score_does_not_cost_the_others(model: Model) -> None:
    sound = noise(3 * WINDOW)
    sound[WINDOW : 2 * WINDOW] = 0
    results = model.score_windows(sound)
    assert [result.score is None for result in results] == [False, True, False]
    assert "digital silence" in str(results[1].error)
    assert model.score(sound).start_s in (0, 0.4)


def test_a_score_that_is_no_number_decides_nothing(model: Model) -> None:
    class Endless:
        name = "numpy"

        def run(self, *_: object) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
            return {"score": np.array([np.inf])}

    model._engine = Endless()
    with pytest.raises(SoundError, match=r"The array has the score inf, which decides nothing\."):
        model.score(noise(WINDOW))


def test_hops_out_of_range_or_without_a_rule_are_refused(model: Model) -> None:
    with pytest.raises(EdgeError, match=r"between one sample and 3600 seconds\. Got 0 s"):
        model.stream(hop_s=0)
    with pytest.raises(EdgeError, match=r"for windows every 0\.1 s, and not every 0\.2 s: leave the hop out, or"):
        model.stream(hop_s=0.2)
    assert len(model.stream(hop_s=0.2, events=False).push(noise(1000))) == 5
    model.events = None
    assert len(model.stream().push(noise(1000))) == 5
