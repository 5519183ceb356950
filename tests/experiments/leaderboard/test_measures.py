from __future__ import annotations

from typing import Any

import pytest

from offkey.experiments.leaderboard.measures import Measures, measures_of_outcomes, measures_of_rows

ROW: dict[str, Any] = {
    "domain": None,
    "n_test": 20,
    "n_normal": 10,
    "n_anomalous": 10,
    "false_alarm_rate": 0.1,
    "promised_rate": 0.01,
    "recall_at_0.01": 0.5,
    "recall_at_0.05": 0.7,
    "score_s": 0.2,
    "size_mb": 1.0,
}


def test_counts_add_up_over_sections() -> None:
    other = ROW | {"n_normal": 90, "false_alarm_rate": 0.0, "n_anomalous": 30, "recall_at_0.01": 0.9, "n_test": 120}
    found = measures_of_rows([ROW, other, ROW | {"domain": "source", "false_alarm_rate": 1.0}])
    assert found.alarms is not None
    assert (found.alarms.rate, found.alarms.n_alarms, found.alarms.n_normal) == (0.01, 1, 100)
    assert found.recall == {"0.01": pytest.approx((0.5 * 10 + 0.9 * 30) / 40), "0.05": pytest.approx(0.7)}
    assert found.ms == pytest.approx(1000 * 0.4 / 140)
    assert found.mb == 1.0
    assert found.to_json()["promise_kept"] is True


def test_what_an_earlier_version_did_not_write_is_unknown() -> None:
    old = {name: value for name, value in ROW.items() if not name.startswith(("recall_at", "size", "promised"))}
    assert measures_of_rows([old]) == Measures(None, {"0.01": None, "0.05": None}, pytest.approx(10.0), None)
    assert measures_of_rows([ROW, ROW | {"recall_at_0.05": None}]).recall["0.05"] is None


def test_secret_labels_tell_nothing() -> None:
    secret = ROW | {"false_alarm_rate": None, "promised_rate": None, "n_normal": 0, "n_anomalous": 0}
    assert measures_of_rows([secret]).alarms is None
    assert measures_of_rows([]) == Measures(None, {"0.01": None, "0.05": None}, None, None)


def test_a_benchmark_tells_recall_time_and_size(tiny_run) -> None:
    run = tiny_run(2020).measured
    for board in run.boards:
        for place in board.places:
            assert place.measures.alarms is not None
            assert 0 <= place.measures.recall["0.01"] <= place.measures.recall["0.05"] <= 1
            assert place.measures.mb > 0
    found = measures_of_outcomes(run.outcomes[:1])
    assert found.ms == pytest.approx(1000 * run.outcomes[0].scored.score_s / len(run.outcomes[0].cell.test))
    assert found.alarms is None


def test_the_recall_at_the_promised_rate_is_that_of_the_decisions(tiny_run) -> None:
    for row in tiny_run(2023).measured.rows:
        assert row["recall_at_0.01"] == row["recall"]
