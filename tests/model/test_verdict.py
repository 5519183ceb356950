from __future__ import annotations

import numpy as np
import pytest

import offkey
from offkey.model import Model, Scored
from offkey.model.shift import Shift
from offkey.model.verdict import Verdict, verdict_of
from offkey.model.verdict_words import certainty, listening, sentence, shift_note, since, verdict_json


@pytest.fixture(scope="module")
def model(hum) -> Model:
    return offkey.fit([hum(number) for number in range(30)], rate=16_000, detector="knn", false_alarm_rate=0.05)


def _clips(model: Model, names: list[str], wrong: set[int]) -> list[Scored]:
    """Clips of 10 s, some of which score above the threshold, the later the higher."""
    low, high = float(np.median(model.calibration.normal_scores)), model.threshold.value
    scores = [high + 1 + row if row in wrong else low for row in range(len(names))]
    return [
        Scored(name, 0.0, 10.0, score, 1 / 31 if row in wrong else 0.5, row in wrong)
        for row, (name, score) in enumerate(zip(names, scores, strict=True))
    ]


def _hour(model: Model, wrong: set[int]) -> list[Scored]:
    windows = _clips(model, ["plant/hour.wav"] * 360, wrong)
    return [Scored(w.file, 10.0 * k, 10.0 * k + 10, w.score, w.p_value, w.anomalous) for k, w in enumerate(windows)]


def _dated(n: int) -> list[str]:
    return [f"2026-03-{day + 1:02d}_06-00.wav" for day in range(n)]


def test_the_verdict_counts_new_clips_alone(model: Model) -> None:
    verdict = verdict_of(model, _clips(model, [f"{n}.wav" for n in range(24)], {20, 22, 23}), learnt={"0.wav", "1.wav"})
    assert (len(verdict.windows), verdict.learnt, verdict.anomalous, verdict.long) == (22, 2, 3, False)
    assert sentence(verdict) == "3 of 22 new clips sound wrong; the other 19 sound normal."


@pytest.mark.parametrize(
    ("n", "wrong", "expected"),
    [
        (1, set(), "The new clip sounds normal."),
        (1, {0}, "The new clip sounds wrong."),
        (5, set(), "None of 5 new clips sounds wrong."),
        (2, {1}, "1 of 2 new clips sounds wrong; the other one sounds normal."),
    ],
)
def test_it_is_said_in_a_sentence(model: Model, n: int, wrong: set[int], expected: str) -> None:
    assert sentence(verdict_of(model, _clips(model, _dated(n), wrong))) == expected


def test_clips_that_were_all_learnt_have_no_verdict(model: Model) -> None:
    verdict = verdict_of(model, _clips(model, ["a.wav", "b.wav"], set()), learnt={"a.wav", "b.wav"})
    assert sentence(verdict) == "All 2 clips were learnt from: score new ones to hear whether the machine has changed."
    assert (since(verdict), certainty(verdict), listening(verdict)) == ("", "", "")


def test_a_long_recording_sounds_wrong_from_a_moment_on(model: Model) -> None:
    verdict = verdict_of(model, _hour(model, {20, *range(240, 360)}))
    assert verdict.lasting == slice(240, 360)
    assert sentence(verdict) == ("121 of 360 windows of hour.wav sound wrong; the other 239 sound normal.")
    assert since(verdict) == "Since hour.wav at 40:00: 120 of 120 windows from then on, 1 of 240 before."
    assert listening(verdict).startswith("Listen to hour.wav at 59:50 (score ")
    starts = [window.start_s for window in verdict.listen]
    assert starts == [3590, 3560, 3530]  # three moments, not three times the same one


def test_a_change_that_ended_has_an_end(model: Model) -> None:
    verdict = verdict_of(model, _hour(model, set(range(120, 180))))
    assert since(verdict) == "From hour.wav at 20:00 to hour.wav at 29:50: 60 of 60 windows, and 0 of the other 300."


def test_dates_in_names_order_clips_however_they_come(model: Model) -> None:
    clips = _clips(model, _dated(20), set(range(12, 20)))
    rng = np.random.default_rng(0)
    verdict = verdict_of(model, [clips[row] for row in rng.permutation(20)])
    assert [window.file for window in verdict.windows] == _dated(20)
    assert since(verdict) == "Since 2026-03-13_06-00.wav: 8 of 8 clips from then on, 0 of 12 before."
    assert str(verdict.at(verdict.windows[12])) == "2026-03-13 06:00:00"


def test_without_any_order_nothing_is_said_about_it(model: Model) -> None:
    names = [f"{letter}.wav" for letter in "abcdefghijklmnopqrst"]
    verdict = verdict_of(model, _clips(model, names, set(range(10))))
    assert verdict.lasting is None
    assert since(verdict) == "Since when is not known: neither names nor files have a date."


def test_single_alarms_have_not_lasted(model: Model) -> None:
    verdict = verdict_of(model, _clips(model, _dated(20), {3, 15}))
    assert since(verdict) == (
        "No lasting change is certain: the first was 2026-03-04_06-00.wav, the last 2026-03-16_06-00.wav."
    )
    assert certainty(verdict) == (
        "30 normal clips promise 0.17 to 9.5 % false alarms (5 % asked for): 0 to 3 of these 20 clips, so chance would "
        "explain 2."
    )


def test_chance_does_not_explain_many_alarms(model: Model) -> None:
    verdict = verdict_of(model, _clips(model, _dated(20), set(range(8, 20))))
    assert certainty(verdict).endswith(": 0 to 3 of these 20 clips, so chance does not explain 12.")


def test_clips_that_all_differ_may_be_another_recording(model: Model, hum) -> None:
    results = model.score([0.5 * hum(100 + number) for number in range(6)], rate=16_000)
    verdict = verdict_of(model, [result for result in results if isinstance(result, Scored)])
    assert verdict.differ
    assert verdict.level_db == pytest.approx(-6, abs=0.5)
    assert sentence(verdict) == (
        "All 6 new clips are unlike the training clips: a fault in all of them, or another place, microphone or level? "
        "The level is 6 dB lower than usual."
    )


def test_where_none_is_anomalous_the_most_unusual_are_named(model: Model) -> None:
    verdict = verdict_of(model, _clips(model, _dated(5), set()))
    assert listening(verdict).startswith("The most unusual, though not anomalous: 2026-03-01_06-00.wav (score ")
    assert since(verdict) == ""


def test_the_json_holds_the_sentences_and_what_they_are_made_of(model: Model) -> None:
    content = verdict_json(verdict_of(model, _hour(model, set(range(240, 360)))))
    assert (content["new"], content["anomalous"], content["all_differ"]) == (360, 120, False)
    assert content["lasting"]["first"]["start_s"] == 2400
    assert content["false_alarms_by_chance"][1] < 120
    assert len(content["listen"]) == 3


def test_a_verdict_is_no_promise_where_there_is_no_rate(model: Model) -> None:
    """A threshold above which every clip of any machine lies has no false-alarm rate."""
    verdict: Verdict = verdict_of(model.with_threshold(-1e9), _clips(model, _dated(3), {1}))
    assert (verdict.promised, verdict.lasting, certainty(verdict)) == (None, None, "")


@pytest.mark.parametrize(
    ("wrong", "alarms_alone", "said"), [({3}, True, False), ({3}, False, True), (set(range(8)), True, True)]
)
def test_a_shift_is_noted_unless_the_verdict_says_the_same(
    model: Model, wrong: set[int], alarms_alone: bool, said: bool
) -> None:
    verdict = verdict_of(model, _clips(model, _dated(8), wrong))
    shift = Shift(True, ["3 of 8 are anomalous"], False, alarms_alone, 8, 3, 0, {})
    assert shift_note(shift, verdict) == (shift.sentence if said else None)
    assert shift_note(shift, None) == shift.sentence
