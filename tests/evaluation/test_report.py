from __future__ import annotations

import json

import numpy as np
import pytest

from offkey.errors import DataError, ParameterError
from offkey.evaluation.metrics import auc, pauc
from offkey.evaluation.report import evaluate_scores


def columns(n: int = 40, seed: int = 0, **more: object) -> dict[str, list[object]]:
    """Scores of n clips with labels in turn; further columns are repeated to the length."""
    rng = np.random.default_rng(seed)
    labels = [number % 2 for number in range(n)]
    table: dict[str, list[object]] = {
        "file": [f"clip {number}.wav" for number in range(n)],
        "score": (rng.normal(size=n) + labels).tolist(),
        "label": list(labels),
    }
    for name, values in more.items():
        assert isinstance(values, list)
        table[name] = [values[number // 2 % len(values)] for number in range(n)]
    return table


def test_overall_figures() -> None:
    table = columns()
    report = evaluate_scores(table)
    document = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert document["auc"] == auc(table["label"], table["score"])
    assert document["pauc"] == pauc(table["label"], table["score"])
    assert document["auc_ci"][0] < document["auc"] < document["auc_ci"][1]
    assert document["pauc_ci"][0] <= document["pauc"] <= document["pauc_ci"][1]
    assert (document["n_normal"], document["n_anomalous"], document["n_errors"]) == (20, 20, 0)
    assert document["groups"] == []
    assert document["precision"] is document["auc_mean"] is None
    assert document["labels"] == "the label column"


def test_groups_by_machine_section_and_domain() -> None:
    table = columns(
        n=96,
        machine=["fan", "fan", "fan", "fan", "pump", "pump"],
        section=["00", "00", "01", "01", "00", "00"],
        domain=["source", "target"],
    )
    report = evaluate_scores(table, n_resamples=50)
    keys = [(row["machine"], row["section"], row["domain"]) for row in report.groups]
    assert keys == [
        ("fan", None, None),
        ("fan", "00", None),
        ("fan", "00", "source"),
        ("fan", "00", "target"),
        ("fan", "01", None),
        ("fan", "01", "source"),
        ("fan", "01", "target"),
        ("pump", "00", None),
        ("pump", "00", "source"),
        ("pump", "00", "target"),
    ]
    for row in report.groups:
        inside = [
            number
            for number in range(96)
            if all(row[name] in (None, table[name][number]) for name in ("machine", "section", "domain"))
        ]
        labels, scores = ([table[name][number] for number in inside] for name in ("label", "score"))
        assert row["auc"] == auc(labels, scores)
        assert row["n_normal"] + row["n_anomalous"] == len(inside)
    whole = [row for row in report.groups if row["section"] is not None and row["domain"] is None]
    assert report.means["auc_mean"] == pytest.approx(np.mean([row["auc"] for row in whole]))
    assert report.means["pauc_mean"] == pytest.approx(np.mean([row["pauc"] for row in whole]))


@pytest.mark.parametrize("place", [{"machine": ["fan", "pump"]}, {"section": ["00", "02"]}])
def test_means_over_what_there_is(place: dict[str, list[object]]) -> None:
    report = evaluate_scores(columns(**place), n_resamples=10)
    assert len(report.groups) == 2
    assert report.means["auc_mean"] == pytest.approx(np.mean([row["auc"] for row in report.groups]))


def test_a_group_of_one_label_has_counts_alone() -> None:
    table = columns()
    table["machine"] = ["fan" if label else "pump" for label in table["label"]]
    fan, pump = evaluate_scores(table).groups
    assert fan["auc"] is fan["auc_ci"] is fan["pauc"] is fan["pauc_ci"] is None
    assert (fan["n_normal"], fan["n_anomalous"]) == (0, 20)
    assert (pump["n_normal"], pump["n_anomalous"]) == (20, 0)


def test_decisions() -> None:
    table = {
        "file": list("abcdef"),
        "score": [1, 2, 3, 4, 5, 6],
        "label": [0, 0, 0, 1, 1, 1],
        "anomalous": [0, 0, 1, 0, 1, 1],
        "machine": ["fan"] * 6,
    }
    report = evaluate_scores(table, n_resamples=10)
    for figures in (report.overall, report.groups[0]):
        assert (figures["precision"], figures["recall"], figures["f1"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
        assert figures["false_alarm_rate"] == pytest.approx(1 / 3)
        counts = ("true_positives", "false_positives", "false_negatives", "true_negatives")
        assert [figures[name] for name in counts] == [2, 1, 1, 2]


def test_rows_with_an_error_are_left_out_and_counted() -> None:
    table = columns()
    table["error"] = [None] * 39 + ["is silent"]
    table["score"][-1] = None
    report = evaluate_scores(table)
    assert report.n_errors == 1
    assert report.overall["n_anomalous"] == 19


def test_given_labels_count() -> None:
    table = columns()
    labels = {str(file): 1 - int(str(label)) for file, label in zip(table["file"], table["label"], strict=True)}
    assert evaluate_scores(table, labels).overall["auc"] == pytest.approx(1 - evaluate_scores(table).overall["auc"])


def test_the_seed_decides_the_intervals() -> None:
    table = columns()
    assert evaluate_scores(table, seed=1) == evaluate_scores(table, seed=1)
    assert evaluate_scores(table, seed=1).overall["auc_ci"] != evaluate_scores(table, seed=2).overall["auc_ci"]


def test_what_cannot_be_measured_is_refused() -> None:
    table = columns()
    table["label"] = [0] * 40
    with pytest.raises(DataError, match="all 40 clips of the table are normal by the label column"):
        evaluate_scores(table)
    table["error"] = ["is empty"] * 40
    with pytest.raises(DataError, match="No clip of the table has a score: all 40 rows have an error"):
        evaluate_scores(table)
    with pytest.raises(ParameterError, match="'max_fpr' parameter"):
        evaluate_scores(columns(), max_fpr=0)
    with pytest.raises(ParameterError, match="'n_resamples' parameter"):
        evaluate_scores(columns(), n_resamples=0)


def test_a_promise_that_does_not_hold_in_one_domain_is_told() -> None:
    n = 40
    columns = {
        "file": [f"{number}.wav" for number in range(3 * n)],
        "score": [float(number) for number in range(3 * n)],
        "label": [0] * (2 * n) + [1] * n,
        "machine": ["fan"] * (3 * n),
        "section": ["00"] * (3 * n),
        "domain": ["source"] * n + ["target"] * n + ["source"] * n,
        "anomalous": [0] * n + [1] * 20 + [0] * 20 + [1] * n,
    }
    assert evaluate_scores(columns, n_resamples=10).broken_promises() == []
    told = evaluate_scores(columns, n_resamples=10, promised_rate=0.05).to_json()
    assert told["promised_rate"] == 0.05
    domain, whole = (sentence for sentence in told["broken_promises"] if "fan" in sentence)
    assert "hold for fan 00: 20 of 80 normal clips (0.250)" in domain
    assert "hold for fan 00, target domain: 20 of 40 normal clips (0.500)" in whole
