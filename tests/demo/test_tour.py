from __future__ import annotations

from pathlib import Path

import pytest

import offkey
from offkey.demo import Tour, run_tour
from offkey.errors import UsageError


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    steps: list[str] = []
    tour = run_tour(
        tmp_path_factory.mktemp("parent") / "demo", train=12, test=7, stage=lambda name, n: lambda: steps.append(name)
    )
    assert steps.count("Making clips") == steps.count("Learning and scoring") == 4 * (12 + 2 * 7)
    return tour


def test_the_tour_leaves_what_it_says(tour: Tour) -> None:
    assert {path.name for path in tour.folder.iterdir()} == {"plant", "models", "scores.csv", "demo.png"}
    for report in tour.machines:
        model = offkey.load(tour.folder / "models" / f"{report.machine}.offkey")
        assert model.fitted_on.clips == 12
        assert sum(of for _, of in report.found().values()) == 7
    assert len((tour.folder / "scores.csv").read_text().splitlines()) == 1 + 4 * 14


def test_faults_score_higher_than_normal_clips(tour: Tour) -> None:
    assert min(report.figures["auc"] for report in tour.machines) > 0.7
    assert sum(report.figures["auc"] for report in tour.machines) / 4 > 0.85


def test_the_picture_is_one(tour: Tour) -> None:
    from matplotlib.image import imread

    picture = imread(tour.folder / "demo.png")
    assert picture.shape[0] > 800
    assert picture.shape[1] > 1000
    assert picture.std() > 0.1


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="is not an empty folder: name a new one for the demo"):
        run_tour(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
