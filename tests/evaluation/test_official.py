from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from offkey.errors import DataError
from offkey.evaluation.metrics import auc, harmonic_mean, pauc
from offkey.evaluation.official import COLUMNS, official_score
from offkey.evaluation.sections import SectionScores

Make = Callable[..., SectionScores]
Read = Callable[..., list[SectionScores]]

ID_FILE = r"(?:\w+_)?anomaly_score_(?P<machine>[A-Za-z]+)_id_(?P<section>\d\d)\.csv"
SECTION_FILE = (
    r"anomaly_score_(?:DCASE2023T2)?(?P<machine>.+)_section_(?P<section>\d\d)_(?:source_|target_)?test.*\.csv"
)


def test_2020_is_the_arithmetic_mean(make_section: Make) -> None:
    sections = [make_section("fan", f"0{number}", seed=number, domains=False) for number in range(3)]
    sections.append(make_section("pump", "00", seed=9, domains=False))
    result = official_score(sections, 2020)
    figures = [(auc(s.labels, s.scores), pauc(s.labels, s.scores)) for s in sections]
    assert [(row["auc"], row["pauc"]) for row in result.rows] == figures
    assert result.score == pytest.approx(np.mean(figures), abs=1e-15)
    assert result.machine_means[0]["arithmetic"]["auc"] == pytest.approx(np.mean(figures[:3], axis=0)[0])
    assert result.machine_means[0]["score"] == pytest.approx(np.mean(figures[:3]))
    assert all(row["auc_source"] is row["precision_target"] is None for row in result.rows)


def test_2021_measures_inside_each_domain(make_section: Make) -> None:
    section = make_section()
    result = official_score([section], 2021)
    figures = []
    for domain in ("source", "target"):
        inside = section.domains == domain
        for column, metric in (("auc", auc), ("pauc", pauc)):
            figures.append(metric(section.labels[inside], section.scores[inside]))
            assert result.rows[0][f"{column}_{domain}"] == figures[-1]
    assert result.score == pytest.approx(harmonic_mean(figures), abs=1e-15)
    assert result.rows[0]["auc"] is result.rows[0]["pauc"] is None


@pytest.mark.parametrize("edition", [2022, 2023, 2024, 2025, 2026])
def test_from_2022_anomalies_of_both_domains_count_in_each(make_section: Make, edition: int) -> None:
    section = make_section()
    row = official_score([section], edition).rows[0]
    for domain in ("source", "target"):
        keep = (section.labels == 1) | (section.domains == domain)
        assert row[f"auc_{domain}"] == auc(section.labels[keep], section.scores[keep])
    assert row["auc"] == auc(section.labels, section.scores)
    assert row["pauc"] == pauc(section.labels, section.scores)
    figures = [row["auc_source"], row["auc_target"], row["pauc"]]
    assert official_score([section], edition).score == pytest.approx(harmonic_mean(figures), abs=1e-15)
    assert row["n_normal"] == row["n_anomalous"] == 20


def test_json_has_every_column(make_section: Make) -> None:
    document = official_score([make_section()], "dcase2024").to_json()
    assert document["edition"] == 2024
    assert set(document) == {"edition", "official_score", "machines", "machine_means", "means"}
    assert set(document["machines"][0]) == {"machine", "section", "n_normal", "n_anomalous", *COLUMNS}


def test_the_order_of_sections_and_clips_does_not_matter(make_section: Make) -> None:
    sections = [make_section("fan", f"0{number}", seed=number, ties=True) for number in range(3)]
    turned = [
        SectionScores(
            s.machine, s.section, s.files[::-1], s.scores[::-1], s.labels[::-1], s.domains[::-1], s.decisions[::-1]
        )
        for s in reversed(sections)
        if s.decisions is not None
    ]
    assert official_score(turned, 2023).to_json() == official_score(sections, 2023).to_json()


def test_what_cannot_be_scored_is_refused(make_section: Make) -> None:
    section = make_section()
    with pytest.raises(DataError, match="Section 00 of fan is there twice"):
        official_score([section, section], 2023)
    with pytest.raises(DataError, match="at least one machine"):
        official_score([], 2023)
    with pytest.raises(DataError, match=r"The source clips of section 00 of fan: .* all 20 are anomalous"):
        official_score([make_section(domains=False)], 2023)
    with pytest.raises(DataError, match="has 3 clips, but 2 scores"):
        SectionScores("fan", "00", ("a", "b", "c"), np.ones(2), np.zeros(3, dtype=np.int8), np.full(3, ""))


@pytest.mark.parametrize(
    ("folder", "prefix", "result"),
    [
        ("dcase2020_dev_ae_izorin", "", "result.csv"),
        ("mlperf_tiny_toycar", "", "result.csv"),
        ("mlperf_tiny_toycar", "tflite_", "tflite_result.csv"),
        ("mlperf_tiny_toycar", "tflite_quant_", "tflite_quant_result.csv"),
        ("mlperf_tiny_toycar", "tflite_quant_fullint_", "tflite_quant_fullint_result.csv"),
        ("mlperf_tiny_toycar", "tflite_quant_fullint_micro_", "tflite_quant_fullint_micro_result.csv"),
    ],
)
def test_results_of_2020(vectors: Path, read_vector: Read, folder: str, prefix: str, result: str) -> None:
    files = list((vectors / folder).glob(f"{prefix}anomaly_score_*.csv"))
    scored = official_score(read_vector(files, ID_FILE), 2020)
    published = _blocks(vectors / folder / result)
    assert len(published) >= 1
    for machine, lines in published.items():
        expected = {line[0]: [float(value) for value in line[1:]] for line in lines[1:]}
        found = {row["section"]: [row["auc"], row["pauc"]] for row in scored.rows if row["machine"] == machine}
        means = next(row["arithmetic"] for row in scored.machine_means if row["machine"] == machine)
        found["Average"] = [means["auc"], means["pauc"]]
        assert found.keys() == expected.keys()
        for key, values in expected.items():
            assert found[key] == pytest.approx(values, abs=1e-9)


def test_results_of_2022_baseline(vectors: Path, read_vector: Read) -> None:
    folder = vectors / "dcase2022_dev_ae_returncode13"
    scored = official_score(read_vector(folder.glob("anomaly_score_*.csv"), SECTION_FILE), 2022)
    published = _blocks(folder / "result.csv")
    columns = ["auc_source", "auc_target", "pauc", *COLUMNS[-6:]]
    overall = published.pop("")
    assert len(published) == 7
    for machine, lines in published.items():
        expected = {line[0]: [float(value) for value in line[1:]] for line in lines[1:]}
        found = {row["section"]: row for row in scored.rows if row["machine"] == machine}
        means = next(row for row in scored.machine_means if row["machine"] == machine)
        found |= {f"{kind} mean": means[kind] for kind in ("arithmetic", "harmonic")}
        assert found.keys() == expected.keys()
        for key, values in expected.items():
            assert [found[key][column] for column in columns] == pytest.approx(values, abs=1e-9)
    for line, kind in zip(overall[1:], ("arithmetic", "harmonic"), strict=True):
        values = [scored.means[kind][column] for column in columns]
        assert values == pytest.approx([float(value) for value in line[1:]], abs=1e-9)


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_published_totals_follow_from_the_rows(vectors: Path, year: int) -> None:
    with (vectors / "published_official_tables" / f"dcase{year}_eval_baselines.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    systems = {row["System"] for row in table}
    assert len(systems) == 2
    for system in systems:
        rows = {row["metric"]: row for row in table if row["System"] == system}
        total = rows.pop("TOTAL score")
        machines = list(table[0])[4:]
        figures = {metric: [float(row[machine]) for machine in machines] for metric, row in rows.items()}
        for metric, values in figures.items():
            assert harmonic_mean(values) == pytest.approx(float(rows[metric]["h-mean"]), abs=1e-9)
        assert harmonic_mean(list(figures.values())) == pytest.approx(float(total["h-mean"]), abs=1e-9)


def _blocks(path: Path) -> dict[str, list[list[str]]]:
    """Return the lines of a result file by the machine above them; those over all machines under an empty name."""
    blocks: dict[str, list[list[str]]] = {}
    name = ""
    with path.open(newline="") as file:
        for line in csv.reader(file):
            if len(line) == 1:
                name = line[0]
            elif line:
                name = "" if not line[0] else name
                blocks.setdefault(name, []).append(line)
    return blocks
