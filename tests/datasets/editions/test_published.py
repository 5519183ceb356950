from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from offkey.datasets.editions import published_set
from offkey.datasets.editions.published import Cell, PublishedSet
from offkey.datasets.ground_truth import read_ground_truth

SETS = [*(f"dcase{year}" for year in range(2020, 2027)), "mimii"]


@pytest.mark.parametrize("dataset", SETS)
def test_every_set_has_counts_once(dataset: str) -> None:
    cells = published_set(dataset).cells
    keys = [(cell.part, cell.machine, cell.section, cell.split, cell.domain, cell.label) for cell in cells]
    assert len(keys) == len(set(keys)) > 0
    assert all(cell.n > 0 and cell.source for cell in cells)
    assert published_set(dataset).recordings is not None


def test_unknown_set_has_none() -> None:
    assert published_set("folder").cells == ()


def test_totals_of_2020_training() -> None:
    """The organisers publish these totals a machine; the file has them by machine id."""
    totals: Counter[str] = Counter()
    for cell in published_set("dcase2020").cells:
        if cell.part == "dev" and cell.split == "train":
            totals[cell.machine] += cell.n
    expected = {"ToyCar": 4000, "ToyConveyor": 3000, "fan": 3675, "pump": 3349, "slider": 2804, "valve": 3291}
    assert totals == expected


@pytest.mark.parametrize(
    ("dataset", "machine", "section", "part"),
    [
        ("dcase2020", "fan", "00", "dev"),
        ("dcase2020", "fan", "05", "eval"),
        ("dcase2020", "ToyCar", "04", "dev"),
        ("dcase2020", "ToyConveyor", "04", "eval"),
        ("dcase2021", "gearbox", "03", "eval"),
        ("dcase2023", "bandsaw", "00", "eval"),
        ("dcase2023", "fan", "01", "dev"),
        ("dcase2020", "fan", "99", None),
        ("dcase2023", "press", "00", None),
        ("dcase2023", None, None, None),
    ],
)
def test_part(dataset: str, machine: str | None, section: str | None, part: str | None) -> None:
    assert published_set(dataset).part_of(machine, section) == part


def test_machines() -> None:
    assert published_set("dcase2023").machines_of("eval") == [
        "bandsaw",
        "grinder",
        "shaker",
        "ToyDrone",
        "ToyNscale",
        "ToyTank",
        "Vacuum",
    ]
    assert len(published_set("dcase2023").machines_of()) == 14
    assert len(published_set("dcase2024").machines_of("eval")) == 9


@pytest.mark.parametrize("year", range(2020, 2026))
def test_evaluation_counts_are_those_of_the_ground_truth(shared_data: Path, year: int) -> None:
    truths = read_ground_truth(shared_data / "ground_truth" / f"dcase{year}")
    counted = Counter(
        (machine, section, truth.domain, ("normal", "anomaly")[truth.label])
        for (machine, section), clips in truths.items()
        for truth in clips.values()
    )
    cells = [cell for cell in published_set(f"dcase{year}").cells if cell.part == "eval" and cell.split == "test"]
    assert {(cell.machine, cell.section, cell.domain, cell.label): cell.n for cell in cells} == counted


def test_a_section_of_both_sets_tells_no_part() -> None:
    cells = [Cell(part, "fan", "00", "test", None, None, 5, True, "made up") for part in ("dev", "eval")]
    both = PublishedSet("made-up", {"dev": ("fan",), "eval": ("fan", "pump")}, cells=tuple(cells))
    assert [both.part_of(machine, "00") for machine in ("fan", "pump")] == [None, "eval"]
    assert both.machines_of() == ["fan", "pump"]
