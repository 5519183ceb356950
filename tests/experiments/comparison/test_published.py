from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from offkey.datasets.editions import edition_names
from offkey.errors import UsageError
from offkey.evaluation.metrics import harmonic_mean
from offkey.experiments.comparison.published import published

COLUMNS = ("auc_source", "auc_target", "pauc")


def test_every_edition_has_a_baseline_and_a_source() -> None:
    assert {system.edition for system in published() if system.kind == "baseline"} == {
        int(name.removeprefix("dcase")) for name in edition_names()
    }
    for system in published():
        assert 0.4 < system.score < 1
        assert system.part in ("dev", "eval")
        assert len(system.source) > 10


def test_the_best_comes_first_and_none_twice() -> None:
    systems = published("dcase2023", "eval")
    assert [system.score for system in systems] == sorted((s.score for s in systems), reverse=True)
    assert {(system.edition, system.part) for system in systems} == {(2023, "eval")}
    keys = [(system.edition, system.part, system.name) for system in published()]
    assert len(set(keys)) == len(keys)


def test_known_figures() -> None:
    by_name = {(s.edition, s.part, s.name): s for s in published()}
    assert by_name[2023, "eval", "autoencoder, MSE"].score == 0.5925469043549957
    assert by_name[2026, "eval", "autoencoder, MSE"].machines["Sander"]["auc_target"] == 0.4402
    assert by_name[2020, "dev", "autoencoder"].machines["slider"] == {"auc": 0.849916, "pauc": 0.669254}
    assert by_name[2024, "eval", "dis_beats_scac_trainable (ASDKit)"].score == 0.6172
    assert by_name[2022, "eval", "best system"].kind == "top"
    assert not by_name[2026, "eval", "Fujimura_MERL_task2_3"].confirmed


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_totals_follow_from_the_machines(year: int) -> None:
    systems = [system for system in published(year, "eval") if system.machines]
    assert len(systems) == 2
    for system in systems:
        figures = [row[column] for row in system.machines.values() for column in COLUMNS]
        assert harmonic_mean(figures) == pytest.approx(system.score, abs=1e-9)


def test_total_of_2020_follows_from_the_machines() -> None:
    (baseline,) = (system for system in published(2020, "eval") if system.kind == "baseline")
    figures = [row[column] for row in baseline.machines.values() for column in ("auc", "pauc")]
    assert np.mean(figures) == pytest.approx(baseline.score, abs=1e-9)


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_figures_are_those_of_the_organisers(vectors: Path, year: int) -> None:
    with (vectors / "published_official_tables" / f"dcase{year}_eval_baselines.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    metrics = dict(zip(("AUC (source)", "AUC (target)", "pAUC (source, target)"), COLUMNS, strict=True))
    for system in (system for system in published(year, "eval") if system.machines):
        mode = "MSE" if system.name.endswith("MSE") else "MAHALA"
        rows = {row["metric"]: row for row in table if row["System"].endswith(mode)}
        assert system.score == float(rows["TOTAL score"]["h-mean"])
        for metric, column in metrics.items():
            for machine, figures in system.machines.items():
                assert figures[column] == pytest.approx(float(rows[metric][machine]), abs=1e-9)
        assert len(system.machines) == len(table[0]) - 4


def test_unknown_edition_or_part_is_refused() -> None:
    with pytest.raises(UsageError, match="no part 'test'"):
        published(2020, "test")
    with pytest.raises(UsageError, match="no edition 2019"):
        published(2019)
