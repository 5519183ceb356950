from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offkey.errors import UsageError
from offkey.evaluation.evaluator_tables import Table, evaluator_ci95, paper_table, result_table, write_table
from offkey.evaluation.metrics import auc, harmonic_mean, pauc
from offkey.evaluation.official import official_score
from offkey.evaluation.sections import SectionScores

Make = Callable[..., SectionScores]
Read = Callable[..., list[SectionScores]]

SECTION_FILE = (
    r"anomaly_score_(?:DCASE2023T2)?(?P<machine>.+)_section_(?P<section>\d\d)_(?:source_|target_)?test.*\.csv"
)


def lines(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def assert_same(table: Table, expected: list[list[str]]) -> None:
    """Compare a table with an official file: texts alike, numbers to 1e-9."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    found = list(csv.reader(io.StringIO(stream.getvalue())))
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            if one != other:
                assert float(one) == pytest.approx(float(other), rel=1e-9, abs=1e-12)


def test_file_of_2020_evaluator(vectors: Path, read_vector: Read) -> None:
    folder = vectors / "mlperf_tiny_toycar"
    pattern = r"anomaly_score_(?P<machine>.+)_id_(?P<section>\d\d)\.csv"
    sections = read_vector(folder.glob("anomaly_score_*.csv"), pattern)
    assert_same(result_table(sections, 2020), lines(folder / "result.csv"))


def test_file_of_2021_evaluator(vectors: Path, read_vector: Read) -> None:
    folder = vectors / "dcase2021_dev_ae_coldleaf"
    sections = read_vector(folder.glob("anomaly_score_*.csv"), SECTION_FILE)
    assert_same(result_table(sections, 2021), lines(folder / "result.csv"))


@pytest.mark.parametrize("system", ["baseline_MSE", "baseline_MAHALA"])
def test_files_of_2023_evaluator(vectors: Path, read_vector: Read, system: str) -> None:
    folder = vectors / "dcase2023_eval_ae_magedabouelnaga"
    sections = read_vector((folder / system).glob("anomaly_score_*.csv"), SECTION_FILE)
    official = folder / "official_evaluator_output"
    assert_same(result_table(sections, 2023), lines(official / f"{system}_result.csv"))
    ours = paper_table({system: official_score(sections, 2023)})
    theirs = lines(official / "teams_official_score_paper.csv")
    assert_same(ours, [theirs[0], *(line for line in theirs if line[0] == system)])
    _check_team_line(lines(official / "teams_official_score.csv"), system, sections)
    scores = lines(official / "teams_section_00_score.csv")
    expected = dict(zip(scores[0], next(line for line in scores if line[0] == system), strict=True))
    for section in sections:
        for domain in ("source", "target"):
            normal = section.scores[(section.domains == domain) & (section.labels == 0)]
            assert normal.mean() == pytest.approx(float(expected[f"{section.machine} Score ({domain})"]), abs=1e-9)


def _check_team_line(table: list[list[str]], system: str, sections: list[SectionScores]) -> None:
    """Compare with the evaluator's table of teams: means, and AUC by domain and machine."""
    expected = dict(zip(table[0], next(line for line in table if line[0] == system), strict=True))
    result = official_score(sections, 2023)
    found = {f"{row['machine']} AUC ({d})": row[f"auc_{d}"] for row in result.rows for d in ("source", "target")}
    found |= {f"harmonic mean ({d})": result.means["harmonic"][f"auc_{d}"] for d in ("source", "target")}
    both = [row[f"auc_{d}"] for row in result.rows for d in ("source", "target")]
    found |= {"official score": result.score, "arithmetic mean": float(np.mean(both))}
    assert found.keys() == expected.keys() - {""}
    for key, value in found.items():
        assert value == pytest.approx(float(expected[key]), abs=1e-9)


@pytest.mark.parametrize("system", ["baseline_MSE", "baseline_MAHALA"])
def test_files_of_2023_baseline(vectors: Path, read_vector: Read, system: str) -> None:
    """The baseline itself also writes a pAUC inside each domain, which no official score uses."""
    folder = vectors / "dcase2023_eval_ae_magedabouelnaga" / system
    sections = read_vector(folder.glob("anomaly_score_*.csv"), SECTION_FILE)
    assert len(sections) == 7
    for section, row in zip(
        sorted(sections, key=lambda s: s.machine), official_score(sections, 2023).rows, strict=True
    ):
        (file,) = folder.glob(f"result_DCASE2023T2{section.machine}_test_*_roc.csv")
        table = lines(file)
        expected = dict(zip(table[0], table[1], strict=True))
        for domain in ("source", "target"):
            inside = section.domains == domain
            inner = pauc(section.labels[inside], section.scores[inside])
            assert inner == pytest.approx(float(expected[f"pAUC ({domain})"]), abs=1e-9)
            assert row[f"auc_{domain}"] == pytest.approx(float(expected[f"AUC ({domain})"]), abs=1e-9)
            for column, rate in (("precision", "precision"), ("recall", "recall"), ("F1 score", "f1")):
                assert row[f"{rate}_{domain}"] == pytest.approx(float(expected[f"{column} ({domain})"]), abs=1e-9)
        assert row["pauc"] == pytest.approx(float(expected["pAUC"]), abs=1e-9)


def test_2022_cuts_the_domain_means_as_the_evaluator_does(make_section: Make) -> None:
    sections = [make_section("fan", f"0{number}", seed=number) for number in range(3)]
    table = {line[0]: line for line in result_table(sections, 2022) if line}
    rows = official_score(sections, 2022).rows
    assert table["source harmonic mean"][2] == pytest.approx(rows[0]["auc_source"])
    others = [row["auc_source"] for row in rows[1:]] + [row["auc_target"] for row in rows]
    assert table["target harmonic mean"][2] == pytest.approx(harmonic_mean(others))
    whole = table["source harmonic mean over all machine types, sections, and domains"][2]
    assert whole == pytest.approx(harmonic_mean([row["auc_source"] for row in rows]))


def test_ci95_is_that_of_the_evaluator_by_its_formula(make_section: Make) -> None:
    from scipy.stats import t

    section = make_section(n=24, ties=True)
    n = len(section)
    widths = []
    for metric in (auc, pauc):
        parts = [metric(np.delete(section.labels, i), np.delete(section.scores, i)) for i in range(n)]
        error = np.sqrt(sum((part - np.mean(parts)) ** 2 for part in parts) / (n * (n - 1)))
        widths.append(t.ppf(0.975, n - 1) * error)
    assert evaluator_ci95([section]) == pytest.approx(np.mean(widths), rel=1e-9)


def test_layout_of_each_edition(make_section: Make) -> None:
    sections = [make_section(machine, "00", seed=seed) for seed, machine in enumerate(("fan", "pump"))]
    first = {year: [line[0] if line else "" for line in result_table(sections, year)] for year in (2020, 2021, 2023)}
    over = "over all machine types, sections, and domains"
    assert first[2020] == ["fan", "id", "00", "Average", "", "pump", "id", "00", "Average", ""]
    block = ["section", "00", "00", "arithmetic mean", "harmonic mean", ""]
    assert first[2021] == ["fan", *block, "pump", *block, "", f"arithmetic mean {over}", f"harmonic mean {over}", ""]
    means = ["arithmetic mean", "harmonic mean", "source harmonic mean", "target harmonic mean"]
    block = ["section", "00", "", *means, ""]
    whole = [f"{mean} {over}" for mean in means]
    assert first[2023] == ["fan", *block, "pump", *block, "", *whole, "", "official score", "official score ci95", ""]


def test_paper_table(make_section: Make) -> None:
    sections = [make_section(machine, "00", seed=seed) for seed, machine in enumerate(("fan", "pump"))]
    result = official_score(sections, 2023)
    head, source, _, partial, total = paper_table({"mine": result})
    assert head == ["System", "metric", "h-mean", "a-mean", "fan", "pump"]
    aucs = [row["auc_source"] for row in result.rows]
    assert source == ["mine", "AUC (source)", harmonic_mean(aucs), np.mean(aucs), *aucs]
    assert partial[4:] == [row["pauc"] for row in result.rows]
    assert total[:3] == ["mine", "TOTAL score", result.score]
    assert total[4:] == ["", ""]


def test_tables_need_decisions_from_2021_on(make_section: Make) -> None:
    section = replace(make_section(), decisions=None)
    assert result_table([section], 2020)[0] == ["fan"]
    for edition in (2021, 2022, 2026):
        with pytest.raises(UsageError, match="add the decision_result files"):
            result_table([section], edition)


def test_paper_table_needs_domains(make_section: Make) -> None:
    with pytest.raises(UsageError, match="AUC by domain, which 2020 lacks"):
        paper_table({"mine": official_score([make_section(domains=False)], 2020)})


def test_table_is_written_with_line_feeds(tmp_path: Path) -> None:
    write_table(tmp_path / "mine_result.csv", [["fan"], ["id", "AUC"], ["00", 0.5], []])
    assert (tmp_path / "mine_result.csv").read_bytes() == b"fan\nid,AUC\n00,0.5\n\n"
