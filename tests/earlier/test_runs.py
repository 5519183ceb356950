"""Run folders that an earlier version wrote, whole or broken off, go on today.

A clip is known by name, size and time of change, so in the place of clips whose work is done nonsense may lie: that the
results are the same shows that none was read again. What is finished counts for the version that did it: digests name
it, and the same folder under another version is told at the end.
"""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.earlier.breaking_off import break_off_benchmark, break_off_shards
from tests.earlier.commands import REPORTS, RUNS
from tests.earlier.conftest import ABOUT, FILES, Run, Written, apart, as_version, spoil

import offkey
from offkey import detectors
from offkey.cli.main import main

TIMES = ("fit_s", "score_s", "seconds")


@pytest.fixture
def asked_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let detectors ask nothing of front ends, as then: what a run holds is of the features of then."""
    for name in detectors.names():
        monkeypatch.setattr(detectors.find(name), "asks", {})


@pytest.fixture
def same_version(asked_then: None) -> Iterator[None]:
    with as_version(ABOUT["offkey"]):
        yield


def timeless(value: Any) -> Any:
    """Return a JSON value without times, what was there before, sentences, which may be better ones now, and mixtures.

    A Gaussian mixture of eight clips magnifies how processors round.
    """
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key not in (*TIMES, "reused", "notes")}
    kept = [one for one in value if "gmm" not in str(one)] if isinstance(value, list) else []
    return [timeless(one) for one in kept] if isinstance(value, list) else value


def contents(*paths: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in files_in(*paths)}


def states(*paths: Path) -> dict[Path, tuple[int, int]]:
    """Return what changes where a file is written again, be it with the same content."""
    return {file: (file.stat().st_ino, file.stat().st_mtime_ns) for file in files_in(*paths)}


def files_in(*paths: Path) -> list[Path]:
    within = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return [file for file in within if file.is_file()]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def move_here(run: Path, store: Path) -> None:
    """Name the store where it lies now: a run holds to its whole path."""
    content = json.loads((run / "run.json").read_text())
    content["held"]["--run"] = str(store)
    (run / "run.json").write_text(json.dumps(content))


def test_nothing_is_left_untested() -> None:
    assert {path.name for path in (FILES / "runs").iterdir()} == {
        *RUNS,
        "spread-store",
        "json",
        "explore",
        "beside",
        "embed",
    }


# benchmark


@pytest.mark.usefixtures("same_version")
@pytest.mark.parametrize("name", ["benchmark", "spread"])
def test_a_finished_benchmark_is_not_done_again(run: Run, written: Written, here: Path, name: str) -> None:
    expected, folder = written(f"runs/json/{name}.json"), here / "runs" / name
    if name == "spread":
        move_here(folder, here / "runs/spread-store")
    store = here / "runs/spread-store" if name == "spread" else folder / "store"
    results = [folder / "scores", folder / "submission", folder / "official.json"]
    before, kept, table = contents(*results), states(store), rows(folder / "results.csv")
    assert len(before) == len(kept) + 2
    spoil(*(here / "plant").rglob("*.wav"))
    found = run(RUNS[name])
    assert found["reused"] == len(expected["results"]) == len(rows(folder / "results.csv"))
    assert apart(timeless(found), timeless(expected)) == []
    assert (contents(*results), states(store)) == (before, kept)
    now = rows(folder / "results.csv")  # with further columns, as later versions add them
    assert [{name: row[name] for name in table[0]} for row in now] == table
    assert (folder / "report.html").stat().st_size > 10_000
    (folder / "results.csv").unlink()
    assert run(RUNS[name])["reused"] == found["reused"]


@pytest.mark.usefixtures("same_version")
@pytest.mark.parametrize("name", ["benchmark", "spread"])
def test_a_benchmark_goes_on_where_it_broke_off(run: Run, written: Written, here: Path, name: str) -> None:
    expected, folder = written(f"runs/json/{name}.json"), here / "runs" / name
    store = here / "runs/spread-store" if name == "spread" else folder / "store"
    if name == "spread":
        move_here(folder, store)
    results = {file: rows(file) for file in (folder / "scores").iterdir()}
    kept = states(*break_off_benchmark(folder, store))
    assert len(kept) == 3  # the features of all clips, and two fits
    found = run(RUNS[name])
    assert found["reused"] == 2
    assert apart(timeless(found), timeless(expected)) == []
    assert states(*kept) == kept
    for file, earlier in results.items():
        assert [list(row) for row in rows(file)] == [list(row) for row in earlier]
        assert [row["file"] for row in rows(file)] == [row["file"] for row in earlier]
        if "gmm" not in file.name:
            assert apart(*([float(row["score"]) for row in table] for table in (rows(file), earlier))) == []
    assert json.loads((folder / "run.json").read_text())["complete"] is True


@pytest.mark.usefixtures("same_version")
def test_another_detector_goes_into_an_earlier_run(run: Run, here: Path) -> None:
    """Features are kept in another form than by 0.1.0: they are taken once more, and then lie there."""
    found = run(RUNS["benchmark"].replace("--detector gmm", "--detector mahalanobis"))
    assert (found["reused"], found["errors"], len(found["results"])) == (4, [], 12)
    spoil(*(here / "plant").rglob("*.wav"))
    found = run(RUNS["benchmark"].replace("--detector gmm", "--detector pca_residual"))
    assert (found["reused"], found["errors"], len(found["results"])) == (4, [], 16)
    assert min(row["auc"] for row in found["results"]) > 0.9


def test_other_commands_read_a_benchmark(run: Run, here: Path) -> None:
    spoil(*(here / "plant").rglob("*.wav"))
    compared = run("compare runs/benchmark --resamples 50 --json")
    assert {machine["machine"] for part in compared["parts"] for machine in part["machines"]} >= {"fan", "pump"}
    told = json.loads((here / "runs/benchmark/official.json").read_text())["combinations"]
    assert len(told) == 2
    for one in told:
        submission = here / "runs/benchmark/submission" / one["combination"] / "dev"
        official = run(f"dcase-score '{submission}' --edition 2020 --json")
        assert apart(official["official_score"], one["official_score"]) == []


# runs in shards


@pytest.mark.usefixtures("same_version")
@pytest.mark.parametrize("name", ["score"])
def test_finished_shards_are_not_done_again(run: Run, written: Written, here: Path, name: str) -> None:
    before = states(here / "runs" / name)
    assert len(before) == 3
    spoil(*(here / "crowd").iterdir())
    found, expected = run(RUNS[name]), written(f"runs/json/{name}.json")
    assert (found["shards"], found["reused"]) == (2, 2)
    assert apart(timeless(found), timeless(expected)) == []
    assert states(here / "runs" / name) == before


@pytest.mark.usefixtures("same_version")
@pytest.mark.parametrize("name", ["score"])
def test_shards_go_on_where_they_broke_off(run: Run, written: Written, here: Path, name: str) -> None:
    folder = here / "runs" / name
    earlier = pl.read_parquet(folder / "part-*.parquet")
    kept = states(*break_off_shards(folder))
    spoil(*sorted((here / "crowd").iterdir())[:256])
    found, expected = run(RUNS[name]), written(f"runs/json/{name}.json")
    assert (found["shards"], found["reused"]) == (2, 1)
    assert apart(timeless(found), timeless(expected)) == []
    assert states(*kept) == kept
    now = pl.read_parquet(folder / "part-*.parquet")
    assert now.schema == earlier.schema
    assert now["file"].to_list() == earlier["file"].to_list()
    numbers = "score" if name == "score" else "vector"
    assert apart(now[numbers].to_list(), earlier[numbers].to_list()) == []


@pytest.mark.usefixtures("same_version")
@pytest.mark.parametrize("name", ["fit", "fit-sample"])
def test_a_fit_takes_the_shards_that_are_there(run: Run, written: Written, here: Path, name: str) -> None:
    """Some clips are heard once more, for explanations, so that none may be spoilt; parts are not written again."""
    before = states(*(here / "runs" / name).glob("part-*.parquet"))
    found = run(RUNS[name])
    assert apart(timeless(found), timeless(written(f"runs/json/{name}.json"))) == []
    assert states(*before) == before
    run("score ran.offkey plant/fan/test --out scores.csv")


@pytest.mark.usefixtures("same_version")
def test_a_fit_goes_on_where_it_broke_off(run: Run, written: Written, here: Path) -> None:
    kept = states(*break_off_shards(here / "runs/fit-sample"))
    found = run(RUNS["fit-sample"])
    assert apart(timeless(found), timeless(written("runs/json/fit-sample.json"))) == []
    assert states(*kept) == kept


# tune and study


@pytest.mark.parametrize("name", ["tune", "study"])
def test_tables_and_figures_are_what_they_were(run: Run, written: Written, here: Path, name: str) -> None:
    (table,) = (here / "runs" / name).glob("*.csv")
    earlier = rows(table)
    found = run(RUNS[name])
    assert apart(timeless(found), timeless(written(f"runs/json/{name}.json"))) == []
    now = rows(table)
    assert list(now[0])[: len(earlier[0])] == list(earlier[0])
    assert [row["auc"] for row in now] == [row["auc"] for row in earlier]


def test_what_was_tuned_is_a_configuration(run: Run, here: Path) -> None:
    tuned = json.loads((here / "runs/tune/config.json").read_text())
    run("fit plant/fan/train --config runs/tune/config.json --model tuned.offkey")
    assert offkey.load("tuned.offkey").config.detector == tuned["detector"]


# embed


def test_a_training_that_was_begun_is_done(run: Run, here: Path) -> None:
    """What it had heard is kept in another form than by 0.1.0, and is heard again."""
    pytest.importorskip("torch", reason="the extra torch is not installed")
    begun = here / "new.offkeynet.training"
    (here / "runs/embed").rename(begun)
    found = run(REPORTS["embed"])
    assert (found["left_out"], sum(found["classes"].values())) == ([], 32)
    assert (here / "new.offkeynet").is_file()
    assert not begun.exists()


# another version


@pytest.mark.usefixtures("asked_then")
def test_under_another_version_fits_are_made_anew(run: Run, written: Written) -> None:
    with as_version("99.0"):
        found = run(RUNS["benchmark"])
        assert found["reused"] == 0
        assert apart(timeless(found), timeless(written("runs/json/benchmark.json"))) == []
        assert run(RUNS["benchmark"])["reused"] == 8


def test_features_that_were_heard_for_the_default_of_then_are_not_taken_for_those_of_today(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = states(here / "runs/features")
    with as_version(ABOUT["offkey"]):
        assert main(shlex.split(RUNS["features"])) == 2
    assert "holds a run with another model or configuration: name another folder" in capsys.readouterr().err
    assert states(here / "runs/features") == before


@pytest.mark.parametrize("name", ["score", "features", "fit"])
def test_under_another_version_shards_are_refused(here: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    before = states(here / "runs" / name)
    with as_version("99.0"):
        assert main(shlex.split(RUNS[name])) == 2
    assert "holds a run with another model or configuration: name another folder" in capsys.readouterr().err
    assert states(here / "runs" / name) == before
