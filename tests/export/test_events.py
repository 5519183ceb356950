"""The rule of events: from a shadow, or from what the calibration promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.decision.events.shadow import Shadow
from offkey.errors import DataError, ExportError, UsageError
from offkey.export.events import event_rule, stream_hop_s
from offkey.model import Model


@pytest.fixture
def shadow_file(tmp_path: Path) -> Path:
    """Two hours of scores, a quarter of a second apart."""
    scores = np.random.default_rng(1).normal(2.0, 0.5, 28_800)
    rows = [f"a.wav,{score},0.5,0,,{number / 4},{number / 4 + 0.5}" for number, score in enumerate(scores)]
    rows[7] = "a.wav,,,,silence,1.75,2.25"
    path = tmp_path / "shadow.csv"
    path.write_text("file,score,p_value,anomalous,error,start_s,end_s\n" + "\n".join(rows) + "\n")
    return path


def test_a_stream_has_a_window_each_second_cut_to_whole_frames_or_each_window(model: Model) -> None:
    assert stream_hop_s(model, None) == 0.5  # a window is no longer
    assert stream_hop_s(model, 0.3) == pytest.approx(9 * 0.032)
    with pytest.raises(UsageError, match=r"between 0.1 s and the 0.5 s of a window. Got 0.6 s"):
        stream_hop_s(model, 0.6)


def test_without_a_shadow_the_promise_stands_for_it(model: Model) -> None:
    rule = event_rule(model)
    assert rule == event_rule(model)
    assert rule.usual == pytest.approx(1.0, abs=0.02)  # the mean of an exponential distribution
    assert rule.open_at > rule.close_at > rule.usual
    assert (rule.half_life, rule.hold) == (20.0, 120)  # ten seconds and a minute
    assert "--shadow" in rule.basis


def test_windows_that_share_sound_count_once(model: Model) -> None:
    longer = model.with_windowing(2.0, None)
    assert event_rule(longer, 0.5).open_at > 1.2 * event_rule(model, 0.48).open_at


def test_a_shadow_is_counted_as_a_monitor_counts_it(model: Model, shadow_file: Path) -> None:
    rule = event_rule(model, shadow=shadow_file)
    scores = np.genfromtxt(shadow_file, delimiter=",", skip_header=1, usecols=1)
    expected = Shadow(model.calibration.surprises(scores), hop_s=0.25).sensitivity(1).rule
    assert (rule.half_life, rule.open_at, rule.close_at) == (
        expected.half_life,
        expected.open_at,
        expected.close_at,
    )
    assert rule.hop_s == pytest.approx(7 * 0.032)  # whole frames
    assert "0.0833 days of normal sound (shadow.csv)" in rule.basis


def test_a_shadow_of_another_hop_is_refused(model: Model, shadow_file: Path) -> None:
    with pytest.raises(UsageError, match=r"are 0.25 s apart, and not the 0.48 s of --hop"):
        event_rule(model, 0.5 - 1e-3, shadow_file)


def test_a_shadow_that_is_too_short_is_refused(model: Model, shadow_file: Path) -> None:
    lines = shadow_file.read_text().splitlines()
    shadow_file.write_text("\n".join(lines[:400]))
    with pytest.raises(ExportError, match=r"is too short to count events in, with 0\.\d+ hours of sound\. .*20 blocks"):
        event_rule(model, shadow=shadow_file)


def test_a_shadow_that_is_no_score_file_is_refused(model: Model, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="must be a score file"):
        event_rule(model, shadow=tmp_path / "x.csv")
