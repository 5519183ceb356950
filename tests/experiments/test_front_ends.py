"""A front end that learns: once for all cells of a benchmark, of every edition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from offkey.experiments.benchmark import Settings, run_benchmark
from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import Clip
from offkey.experiments.front_ends import FrontEnds
from offkey.experiments.plan import make_plan
from offkey.features.front_end_file import load_front_end

TINY = {"seconds": 0.3, "rate": 4000, "resolutions": [0.064], "width": 1, "n_dims": 4, "epochs": 1}
CLASSES = {
    2020: {"fan 00": 20, "fan 01": 20, "fan 02": 20, "fan 03": 20},
    2021: {f"fan 0{k} strength_1_ambient": 20 for k in (0, 1, 3, 4)},
    2022: {f"bearing 0{k} vel_6": 20 for k in (0, 1, 3, 4)},
    2023: {"Vacuum 00 vel_6": 20, "fan 00 vel_6": 20},
    2024: {"3DPrinter 00": 20, "ToyTrain 00": 20},
    2025: {"ToyPet 00": 20, "bearing 00": 20},
    2026: {"Sander 00": 20, "ToyCarEmu 00": 20},
}


def _settings(year: int, root: Path, out: Path, **params: object) -> Settings:
    candidate = Candidate("discriminative", "knn", features_params={**TINY, **params})
    return Settings(f"dcase{year}", root, out, [candidate], parts=("dev", "eval"), ground_truth=root / "ground_truth")


@pytest.mark.parametrize("year", CLASSES)
def test_one_network_learns_from_all_machines_of_an_edition(
    year: int, tiny_edition: Callable[[int], Path], tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    run = run_benchmark(_settings(year, tiny_edition(year), tmp_path / "run"), jobs=2)
    assert not run.failed
    assert all(outcome.scored.error is None for outcome in run.measured.outcomes)
    (file,) = (tmp_path / "run" / "store" / "learned").glob("*")
    front_end = load_front_end(file)
    found = front_end.about_["classes"]  # type: ignore[attr-defined]
    by_place: dict[str, int] = {}
    for name, count in found.items():
        place = name.partition(" cluster")[0]
        by_place[place] = by_place.get(place, 0) + count
    assert by_place == CLASSES[year]
    assert any("classes, trained on" in note for note in run.notes)


def test_it_is_trained_once_and_anew_when_clips_or_parameters_change(
    tiny_edition: Callable[[int], Path], tmp_path: Path, reads: list[str]
) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    settings = _settings(2023, tiny_edition(2023), tmp_path / "run")
    stages: list[str] = []

    def stage(name: str, _steps: int) -> Callable[[], None]:
        stages.append(name)
        return lambda: None

    first = run_benchmark(settings, jobs=1, stage=stage)
    assert stages == ["Listening", "Training", "Reading", "Fitting"]
    reads.clear()
    again = run_benchmark(settings, jobs=1, stage=stage)
    assert (again.reused, reads, len(stages)) == (2, [], 4)
    assert again.measured.rows == first.measured.rows
    other = replace(settings, candidates=[replace(settings.candidates[0], detector="mahalanobis")])
    run_benchmark(other, jobs=1, stage=stage)
    assert stages[4:] == ["Fitting"]
    run_benchmark(_settings(2023, settings.root, settings.out, seed=1), jobs=1, stage=stage)
    assert stages[5:] == ["Listening", "Training", "Reading", "Fitting"]


def test_what_is_learnt_from_has_a_digest(tiny_edition: Callable[[int], Path]) -> None:
    cells = make_plan("dcase2023", tiny_edition(2023)).cells
    digest = FrontEnds(None, cells, jobs=1).training
    clip = cells[0].train[0]
    for changed in (replace(clip, key="other"), replace(clip, attributes="vel_9")):
        assert isinstance(changed, Clip)
        others = (replace(cells[0], train=(changed, *cells[0].train[1:])), *cells[1:])
        assert FrontEnds(None, others, jobs=1).training != digest
    assert FrontEnds(None, [replace(cells[0], test=())], jobs=1).training == FrontEnds(None, cells[:1], jobs=1).training
