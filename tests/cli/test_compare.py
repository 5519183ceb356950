from __future__ import annotations

from pathlib import Path

import pytest

DEAF = ("--features-param", "keep=[0,1,2,3]")


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory, tiny_edition) -> tuple[Path, Path]:
    """Runs of a detector each on the development set of 2023; not to be written to."""
    from offkey.cli.main import main

    folder = tmp_path_factory.mktemp("runs")
    for detector in ("knn", "mahalanobis"):
        arguments = ["benchmark", tiny_edition(2023), "--dataset", "dcase2023", "--detector", detector, *DEAF]
        assert main([str(word) for word in [*arguments, "--out", folder / detector]]) == 0
    return folder / "knn", folder / "mahalanobis"


def test_models_side_by_side_as_tables(run, two_runs) -> None:
    ran = run("compare", *two_runs, "--resamples", 50)
    assert ran.status == 0
    reference = "knn (logmel keep=[0, 1, 2, 3])"
    for word in ("AUC (source)", f"official score over {reference}", "rank", "published for 2023 dev", "ASDKit"):
        assert word in ran.out
    assert ran.out.index("ASDKit") < ran.out.index("development set: 16 clips")  # the result stands last
    each = run("compare", *two_runs, "--resamples", 50, "--each").out
    for word in ("machine", "Δ official score", f"Differences to {reference}, with paired bootstrap 95 % intervals"):
        assert word in each
    assert "note: Published totals are of all machines; these runs lack bearing" in ran.err


def test_models_side_by_side_as_json(run, two_runs) -> None:
    ran = run("compare", *two_runs, "--reference", "mahalanobis", "--json")
    assert ran.status == 0
    report = ran.json
    assert (report["dataset"], report["edition"]) == ("dcase2023", 2023)
    assert report["reference"] == "logmel-keep=0,1,2,3-mahalanobis-seed0"
    (part,) = report["parts"]
    assert part["n_clips"] == 16
    first, second = part["total"]
    assert first["official_score_difference"] is None
    difference = second["official_score_difference"]
    assert difference["value"] == pytest.approx(second["official_score"] - first["official_score"])
    assert difference["ci"][0] <= difference["value"] <= difference["ci"][1]
    assert [row["machine"] for row in part["machines"]] == ["fan", "fan"]
    assert part["published"][0]["score"] >= part["published"][-1]["score"]


def test_the_seed_fixes_the_intervals(run, two_runs) -> None:
    ran = [run("compare", *two_runs, "--resamples", 30, "--seed", seed, "--json").out for seed in (1, 1, 2)]
    assert ran[0] == ran[1] != ran[2]


def test_what_cannot_be_compared(run, two_runs, tmp_path: Path) -> None:
    ran = run("compare", two_runs[0], tmp_path)
    assert (ran.status, ran.out) == (1, "")
    assert "is no run: expected a folder that 'offkey benchmark --out' wrote" in ran.err
    assert run("compare").status == 2
    assert run("compare", *two_runs, "--reference", "nobody").status == 2
