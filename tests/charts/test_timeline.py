from __future__ import annotations

import re
from datetime import datetime
from xml.dom import minidom

import numpy as np
import pytest

from offkey.charts import Moment, time_ticks, timeline

NORMAL = np.sort(np.random.default_rng(0).normal(size=60))


def _drawn(scores: list[float], *, step_s: float = 10.0, threshold: float = 3.0, **options: object) -> str:
    moments = [Moment(step_s * k, score, score > threshold, f"<clip {k}>") for k, score in enumerate(scores)]
    svg = timeline(
        "Scores", moments, normal=NORMAL, threshold=threshold, x_ticks=time_ticks(moments[-1].at), x_label="", **options
    )
    minidom.parseString(str(svg))  # noqa: S318 - our own
    return str(svg)


def _heights(svg: str) -> list[float]:
    return [float(y) for y in re.findall(r'<circle[^>]* cy="([\d.]+)"', svg)]


def test_every_score_is_a_dot_and_those_of_anomalous_clips_are_told_apart() -> None:
    svg = _drawn([0.0, 1.0, 5.0, -1.0])
    assert (svg.count("colour-anomaly"), svg.count("<circle")) == (1, 4)
    assert "<title>&lt;clip 2&gt;: 5</title>" in svg
    assert svg.count('class="trace"') == 1
    low, higher, highest, lowest = _heights(svg)
    assert highest < higher < low < lowest  # pixels count from the top


def test_a_score_fifty_times_the_threshold_leaves_the_others_their_place() -> None:
    normal, just_above, far = _heights(_drawn([0.0, 3.1, 150.0]))
    assert normal - just_above > 20
    assert just_above - far > 20


def test_an_hour_of_windows_is_a_curve_and_a_day_shows_the_highest_of_each_column() -> None:
    hour = _drawn([0.0] * 240 + [8.0] * 120)
    assert hour.count("<circle") == 360
    assert [text for text in ("0:00", "30:00", "50:00") if f">{text}<" in hour] == ["0:00", "30:00", "50:00"]
    scores = [0.0] * 20_000
    scores[7_000] = 9.0
    day = _drawn(scores)
    assert day.count("<circle") < 700
    assert day.count("colour-anomaly") == 1


def test_the_line_is_broken_where_nothing_was_recorded() -> None:
    moments = [Moment(at, 0.0, False, "") for at in (0, 10, 20, 500, 510, 520)]
    svg = str(timeline("", moments, normal=NORMAL, threshold=3.0, x_ticks=[], x_label=""))
    assert svg.count('class="trace"') == 2
    apart = str(timeline("", moments, normal=NORMAL, threshold=3.0, x_ticks=[], x_label="", connected=False))
    assert "trace" not in apart  # of clips in no known order


@pytest.mark.parametrize("scores", [[0.0], [2.0, 2.0], [-5.0, 40.0]])
def test_one_clip_and_equal_ones_are_drawn_too(scores: list[float]) -> None:
    svg = _drawn(scores, threshold=-6.0, narrow=True)
    assert "nan" not in svg
    assert svg.count("<circle") == len(scores)


def test_ticks_without_a_date_count_from_the_beginning() -> None:
    assert time_ticks(3600)[:3] == [(0.0, "0:00"), (600.0, "10:00"), (1200.0, "20:00")]
    assert time_ticks(3 * 3600)[-1] == (10_800.0, "3:00:00")
    assert [text for _, text in time_ticks(4)] == ["0:00", "0:01", "0:02", "0:03", "0:04"]


def test_ticks_with_a_date_stand_at_round_times_of_day() -> None:
    start = datetime(2026, 3, 12, 22, 20)
    ticks = time_ticks(4 * 3600, start)
    assert ticks[0] == (2400.0, "03-12 23:00")
    assert ticks[1] == (6000.0, "03-13 00:00")  # another day
    assert ticks[2][1] == "01:00"
    assert [text for _, text in time_ticks(20 * 86_400, start, most=10)][:2] == ["2026-03-13", "2026-03-16"]
    assert len(time_ticks(3000 * 86_400, start)) <= 10


def test_a_date_at_the_right_end_is_whole() -> None:
    moments = [Moment(0.0, 0.0, False, ""), Moment(1.0, 0.0, False, "")]
    svg = str(timeline("", moments, normal=NORMAL, threshold=3.0, x_ticks=[(1.0, "2026-03-30")], x_label=""))
    (x,) = re.findall(r'<text class="tick middle" x="([\d.]+)"[^>]*>2026-03-30', svg)
    assert float(x) + 10 * 7 / 2 <= 1160
