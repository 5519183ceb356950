"""A benchmark on an engine: the results of one process, whatever happens meanwhile."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from offkey.errors import DataError, OffkeyError, UsageError
from offkey.experiments.benchmark import BenchmarkRun, Settings, run_benchmark
from offkey.experiments.candidate import Candidate
from offkey.hearing import feature_store
from offkey.work.executor import create_executor

Killing = Callable[[str], AbstractContextManager[list[int]]]

DEAF = {"keep": [0, 1, 2, 3]}
COMBINATIONS = [Candidate("logmel", "knn", features_params=DEAF), Candidate("logmel", "gmm", features_params=DEAF)]


@pytest.fixture(scope="module")
def data(tiny_edition: Callable[[int], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two ids of a machine, 72 clips; of id 00 one training clip and one test clip are bad."""
    folder = tmp_path_factory.mktemp("data") / "data"
    shutil.copytree(tiny_edition(2020) / "dev_data", folder)
    (folder / "fan/test/normal_id_00_00000000.wav").write_bytes(b"")
    (folder / "fan/train/normal_id_00_00000000.wav").write_text("no sound")
    return folder


@pytest.fixture(scope="module")
def expected(data: Path, tmp_path_factory: pytest.TempPathFactory) -> BenchmarkRun:
    """What one process gives that was never interrupted."""
    return run_benchmark(Settings("dcase2020", data, tmp_path_factory.mktemp("plain") / "run", COMBINATIONS), jobs=1)


@pytest.fixture
def settings(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What is asked for, in nine parts of eight clips and four fits."""
    monkeypatch.setattr(feature_store, "PART_CLIPS", 8)
    return Settings("dcase2020", data, tmp_path / "run", COMBINATIONS)


def _upload(folder: Path, url: str, *, only: str | None = None, content: bytes | None = None) -> None:
    import fsspec

    system, path = fsspec.core.url_to_fs(url)
    for file in folder.rglob("*"):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and only in (None, name):
            system.pipe_file(f"{path}/{name}", file.read_bytes() if content is None else content)


def _figures(run: BenchmarkRun) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key not in ("fit_s", "score_s")} for row in run.measured.rows]


def _same(run: BenchmarkRun, expected: BenchmarkRun) -> bool:
    """Tell whether all is equal, to the byte, but for how long it took."""

    def files(folder: Path) -> dict[str, bytes]:
        found = [folder / "official.json", *folder.glob("scores/*"), *folder.glob("submission/**/*.csv")]
        return {str(path.relative_to(folder)): path.read_bytes() for path in found}

    assert len(files(run.folder)) > 5
    return (
        files(run.folder) == files(expected.folder)
        and _figures(run) == _figures(expected)
        and (run.notes, run.failed) == (expected.notes, expected.failed)
    )


def test_every_engine_gives_the_results_of_one_process(
    settings: Settings, engine_name: str, expected: BenchmarkRun
) -> None:
    steps: dict[str, int] = {}

    def stage(name: str, _steps: int) -> Callable[[], None]:
        steps[name] = 0

        def step() -> None:
            steps[name] += 1

        return step

    run = run_benchmark(settings, stage=stage, executor=create_executor(engine_name, jobs=2))
    assert _same(run, expected)
    assert steps == {"Reading": 72, "Fitting": 4}
    bad = [name for name, _ in run.failed]
    assert sorted(bad) == ["fan/test/normal_id_00_00000000.wav", "fan/train/normal_id_00_00000000.wav"]
    with (settings.out / "scores" / f"{COMBINATIONS[0].name}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 32
    assert [Path(row["file"]).name for row in rows if row["error"]] == ["normal_id_00_00000000.wav"]
    again = run_benchmark(settings)
    assert again.reused == 4
    assert _same(again, expected)


def test_killed_workers_cost_nothing_but_time(
    settings: Settings, engine_name: str, killing_workers: Killing, expected: BenchmarkRun
) -> None:
    with killing_workers(engine_name) as killed:
        run = run_benchmark(settings, executor=create_executor(engine_name, jobs=2))
    assert killed
    assert _same(run, expected)


DRIVER = """
import sys
from offkey.cli.main import main
from offkey.hearing import feature_store
if __name__ == "__main__":
    feature_store.PART_CLIPS = 8
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("until", ["features/*/*.parquet", "scored/*/*.json"])
def test_a_killed_driver_leaves_whole_parts_and_any_engine_goes_on(
    until: str,
    settings: Settings,
    engine_name: str,
    expected: BenchmarkRun,
    reads: list[str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    command = [sys.executable, script, "benchmark", settings.root, "--dataset", "dcase2020", "--out", settings.out]
    command += ["--detector", "knn", "--detector", "gmm", "--features-param", "keep=[0,1,2,3]"]
    command += ["--engine", engine_name, "--workers", 1]
    command += ["--address", request.getfixturevalue("ray_address")] if engine_name == "ray" else []
    driver = subprocess.Popen([str(word) for word in command], stderr=subprocess.PIPE)
    deadline = time.monotonic() + 300
    while not list(settings.out.glob(f"store/{until}")) and driver.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    driver.kill()
    _, said = driver.communicate()
    parts = len(list(settings.out.glob("store/features/*/*.parquet")))
    fits = len(list(settings.out.glob("store/scored/*/*.json")))
    assert parts + fits >= 1, said.decode()
    run = run_benchmark(settings)
    assert run.reused >= fits  # a worker may outlive its driver for a moment, and keep what it was at
    assert len(reads) <= 72 - 8 * parts
    assert _same(run, expected)


def test_a_fit_that_always_fails_is_named_and_the_rest_is_kept(
    settings: Settings, expected: BenchmarkRun, reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = """
import offkey.experiments.runner as runner
sound = runner.fit_and_score
def fit_and_score(candidate, read, **kwargs):
    if (candidate.detector, read.cell.section) == ("gmm", "02"):
        raise MemoryError("no room")
    return sound(candidate, read, **kwargs)
runner.fit_and_score = fit_and_score
"""
    (tmp_path / "sitecustomize.py").write_text(poison)
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
        said = r"1 of 4 pieces .* the fit of logmel-keep=.*-gmm-seed0 on fan 02: MemoryError: no room\. What is done is"
        with pytest.raises(OffkeyError, match=said):
            run_benchmark(settings, executor=create_executor("local", jobs=2))
    run = run_benchmark(settings)
    assert (run.reused, reads) == (3, [])
    assert _same(run, expected)


def test_a_front_end_that_learns_does_so_once_and_its_workers_hear_with_it(
    tiny_edition: Callable[[int], Path], tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")
    params = {"seconds": 0.3, "rate": 4000, "resolutions": [0.064], "width": 1, "n_dims": 4, "epochs": 1}
    root = tiny_edition(2023)
    settings = Settings("dcase2023", root, tmp_path / "run", [Candidate("discriminative", "knn", 0, params)])
    stages: list[str] = []

    def stage(name: str, _steps: int) -> Callable[[], None]:
        stages.append(name)
        return lambda: None

    run = run_benchmark(settings, jobs=1, stage=stage, executor=create_executor("local", jobs=1))
    assert stages == ["Listening", "Training", "Reading", "Fitting"]
    for part in ("features", "scored"):
        shutil.rmtree(settings.out / "store" / part)
    plain = run_benchmark(settings, jobs=1, stage=stage)
    assert stages[4:] == ["Reading", "Fitting"]
    assert _figures(run) == _figures(plain)
    assert run.notes == plain.notes


@pytest.mark.parametrize("year", [2020, 2024])
def test_a_data_set_in_a_store_gives_the_results_of_one_that_lies_here(
    year: int, data: Path, tiny_edition: Callable[[int], Path], s3: str, tmp_path: Path
) -> None:
    root = data if year == 2020 else tiny_edition(year)
    url = f"{s3}/of {year}"
    _upload(root, url)
    here, there = (
        Settings(f"dcase{year}", place, tmp_path / name, COMBINATIONS[:1])
        for name, place in (("here", root), ("there", url))
    )
    run = run_benchmark(there, executor=create_executor("local", jobs=2) if year == 2020 else None)
    expected = run_benchmark(here)
    assert _figures(run) == _figures(expected)
    assert run.notes == expected.notes
    assert [reason.replace(url, str(root)) for _, reason in run.failed] == [reason for _, reason in expected.failed]
    assert len(run.failed) == (2 if year == 2020 else 0)
    again = run_benchmark(there)
    assert again.reused == len(again.measured.plan.cells)
    _upload(root, url, only=f"{run.measured.outcomes[0].cell.train[5].name}", content=b"RIFF")
    assert run_benchmark(there).reused == again.reused - 1


def test_a_table_in_a_store(s3: str, tmp_path: Path, hum, reads: list[str]) -> None:
    for k in range(10):
        soundfile.write(tmp_path / f"{k}.wav", hum(k, seconds=0.3), 16_000)
    rows = [f"{k}.wav,{'train' if k < 8 else 'test'},normal" for k in range(10)]
    (tmp_path / "t.csv").write_text("\n".join(["file,split,label", *rows, "gone.wav,test,anomaly"]))
    _upload(tmp_path, f"{s3}/table")
    run = run_benchmark(Settings("table", f"{s3}/table/t.csv", tmp_path / "run", COMBINATIONS[:1]))
    assert [clip.name for clip in run.measured.outcomes[0].scored.clips] == ["8.wav", "9.wav", "gone.wav"]
    assert run.failed == [("gone.wav", f"{s3}/table/gone.wav cannot be read: there is no such file.")]
    learning = [Candidate("discriminative", "knn")]
    with pytest.raises(UsageError, match=r"learns from clips .* many times, and s3:.*t\.csv is a store: name"):
        run_benchmark(Settings("table", f"{s3}/table/t.csv", tmp_path / "other", learning))
    (tmp_path / "t.csv").write_text("\n".join(["file,split,label", *rows, "/elsewhere/1.wav,test,anomaly"]))
    _upload(tmp_path, f"{s3}/table", only="t.csv")
    with pytest.raises(DataError, match=r"names /elsewhere/1.wav: expected a path relative to s3://plant/table"):
        run_benchmark(Settings("table", f"{s3}/table/t.csv", tmp_path / "other", COMBINATIONS[:1]))
    with pytest.raises(DataError, match=r"s3://plant/nothing"):
        run_benchmark(Settings("dcase2020", f"{s3}/nothing", tmp_path / "other", COMBINATIONS[:1]))


def test_features_and_fits_may_lie_in_an_object_store(
    settings: Settings, s3: str, expected: BenchmarkRun, reads: list[str]
) -> None:
    import fsspec

    remote = replace(settings, store=f"{s3}/bench")
    run = run_benchmark(remote, executor=create_executor("local", jobs=2))
    assert _same(run, expected)
    assert not (settings.out / "store").exists()
    found = fsspec.filesystem("s3").find("plant/bench")
    assert sum(name.endswith(".parquet") for name in found) == 9
    again = run_benchmark(remote)
    assert (again.reused, reads) == (4, [])
    third = replace(remote, candidates=[*COMBINATIONS, replace(COMBINATIONS[0], seed=1)])
    assert run_benchmark(third).reused == 4
    assert reads == []
    with pytest.raises(UsageError, match=rf"was made with --run {s3}/bench, and now it is no --run: name another"):
        run_benchmark(settings)
    assert json.loads((settings.out / "run.json").read_text())["held"]["--run"] == f"{s3}/bench"
