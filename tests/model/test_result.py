from __future__ import annotations

from dataclasses import asdict, fields

import pytest

from offkey.model.result import Failed, Result, Scored, by_recording, of_recording, of_recordings

WINDOWS = [
    Failed("a.wav", 0.0, 10.0, error="a.wav is silent."),
    Scored("a.wav", 10.0, 20.0, -2.0, 0.9, False),
    Scored("a.wav", 20.0, 30.0, -1.0, 0.2, True),
    Scored("a.wav", 30.0, 40.0, -1.0, 0.2, True),
]
BAD = Failed("b.wav", None, None, error="b.wav is empty.")


def test_a_recording_is_as_anomalous_as_its_most_anomalous_window() -> None:
    assert of_recording(WINDOWS) is WINDOWS[2]  # of equal scores the first
    assert of_recording([BAD]) is BAD
    assert list(by_recording([*WINDOWS, BAD])) == [WINDOWS, [BAD]]
    assert list(of_recordings([*WINDOWS, BAD])) == [WINDOWS[2], BAD]


def test_success_and_failure_have_the_same_fields_in_the_same_order() -> None:
    names = [field.name for field in fields(Result)]
    assert names[:8] == ["file", "start_s", "end_s", "score", "p_value", "anomalous", "error", "note"]
    for result in (*WINDOWS, BAD):
        assert list(asdict(result)) == names
        assert result.ok == (result.score is not None) == (result.error is None) == isinstance(result, Scored)
        assert Result.of(asdict(result)) == result


def test_a_success_needs_a_score_and_a_failure_a_reason() -> None:
    with pytest.raises(TypeError):
        Scored("a.wav", 0.0, 1.0)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Failed("a.wav", 0.0, 1.0)  # type: ignore[call-arg]
