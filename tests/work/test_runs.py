from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import offkey
from offkey.errors import OffkeyError, ParameterError, UsageError
from offkey.hearing.clips import list_clips
from offkey.scale.jobs import ScoreJob, results
from offkey.work.executor import create_executor
from offkey.work.runs import MANIFEST, Done, run_job

Run = Callable[..., Done]
Killing = Callable[[str], AbstractContextManager[list[int]]]


@pytest.fixture
def run(clips_folder: Path, model_file: Path) -> Run:
    """Score the folder of clips, ten parts of four."""

    def do(folder: object, engine: str = "local", *, workers: int = 2, **options: object) -> Done:
        job = ScoreJob(model_file.read_bytes())
        clips = list_clips([str(clips_folder)])
        kept = {"part_items": 4, **options}
        return run_job(job, clips, str(folder), create_executor(engine, jobs=workers), **kept)  # type: ignore[arg-type]

    return do


@pytest.fixture(scope="module")
def expected(clips_folder: Path, model_file: Path) -> list[offkey.Result]:
    """What one process gives that was never interrupted."""
    found = offkey.load(model_file).score(clips_folder)
    assert isinstance(found, list)
    return found


def _up_to_rounding(expected: list[offkey.Result]) -> list[offkey.Result]:
    """Allow scores the last digits, which depend on how many clips are scored in one matrix product."""
    return [
        result if result.score is None else replace(result, score=pytest.approx(result.score, rel=1e-9))
        for result in expected
    ]


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_engine_gives_the_rows_of_one_process(
    run: Run, engine_name: str, expected: list[offkey.Result], tmp_path: Path
) -> None:
    done = run(tmp_path / "run", engine_name)
    assert list(results(done)) == _up_to_rounding(expected)
    assert sum(result.error is not None for result in expected) == 3
    manifest = json.loads((tmp_path / "run" / MANIFEST).read_text())
    assert manifest["clips"] == 40
    assert manifest["shards"] == len(list((tmp_path / "run").glob("part-*.parquet"))) == 10
    again = run(tmp_path / "run", engine_name)
    assert again.reused == 10
    one = run(tmp_path / "one", "local", workers=1)
    assert one.reused == 0
    assert _files(tmp_path / "one") == _files(tmp_path / "run")


def test_relative_names_mean_the_same_wherever_the_workers_were_started(
    engine_name: str, clips_folder: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clips").symlink_to(clips_folder)
    monkeypatch.chdir(tmp_path)
    job = ScoreJob(model_file.read_bytes())
    done = run_job(job, list_clips(["clips"]), "run", create_executor(engine_name, jobs=1))
    assert next(results(done)).file == "clips/clip_00.wav"
    assert sum(result.error is not None for result in results(done)) == 3
    assert len(list((tmp_path / "run").glob("part-*"))) == 1


def test_killed_workers_cost_nothing_but_time(
    run: Run, engine_name: str, killing_workers: Killing, expected: list[offkey.Result], tmp_path: Path
) -> None:
    with killing_workers(engine_name) as killed:
        done = run(tmp_path / "run", engine_name)
    assert killed
    assert list(results(done)) == _up_to_rounding(expected)


def test_a_part_whose_worker_always_dies_is_given_up_and_the_run_can_go_on(
    run: Run, expected: list[offkey.Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every worker ends itself here; that its pool breaks tells nobody which part was to blame."""
    poison = "import os, offkey.model.model as m\nm.Model.results = lambda *a, **k: os._exit(9)\n"
    (tmp_path / "sitecustomize.py").write_text(poison)
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
        with pytest.raises(OffkeyError, match=r"2 of 2 pieces .* its worker died 3 times, .* goes on there"):
            run(tmp_path / "run", part_items=20)
    assert list(results(run(tmp_path / "run", part_items=20))) == _up_to_rounding(expected)


DRIVER = """
import sys
from offkey.hearing.clips import list_clips
from offkey.work.executor import create_executor
from offkey.scale.jobs import ScoreJob
from offkey.work.runs import run_job
if __name__ == "__main__":
    engine, address, model, clips, folder = sys.argv[1:]
    job = ScoreJob(open(model, "rb").read())
    run_job(job, list_clips([clips]), folder, create_executor(engine, jobs=1, address=address or None), part_items=4)
"""


def test_a_killed_driver_leaves_whole_parts_and_the_next_goes_on(
    run: Run,
    engine_name: str,
    expected: list[offkey.Result],
    clips_folder: Path,
    model_file: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    address = request.getfixturevalue("ray_address") if engine_name == "ray" else ""
    folder = tmp_path / "run"
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    command = [sys.executable, str(script), engine_name, address, str(model_file), str(clips_folder), str(folder)]
    driver = subprocess.Popen(command, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 300
    while not list(folder.glob("part-*")) and driver.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    driver.kill()
    _, said = driver.communicate()
    there = len(list(folder.glob("part-*")))
    assert there >= 1, said.decode()
    done = run(folder, engine_name)
    assert done.reused >= there
    assert list(results(done)) == _up_to_rounding(expected)


def test_remote_clips_and_parts_are_as_good_as_local_ones(
    run: Run, store: str, clips_folder: Path, model_file: Path, expected: list[offkey.Result], tmp_path: Path
) -> None:
    import fsspec

    system, bucket = fsspec.core.url_to_fs(store)
    good = [path for path in sorted(clips_folder.iterdir()) if b"\xff" not in os.fsencode(path)]
    for path in good:
        system.pipe_file(f"{bucket}/clips/{path.name}", path.read_bytes())
    clips = list_clips([f"{store}/clips"])
    assert [clip.name for clip in clips] == [f"{store}/clips/{path.name}" for path in good]
    assert list_clips([clips[3].name]) == [clips[3]]
    job = ScoreJob(model_file.read_bytes())
    done = run_job(job, clips, f"{store}/run", create_executor("local", jobs=2), part_items=4)
    found = list(results(done))
    assert [result.score for result in found] == [r.score for r in _up_to_rounding(expected) if "\\xff" not in r.file]
    assert found[36].error == f"{store}/clips/clip_90_empty.wav is empty: expected a sound file, found 0 bytes."
    assert run_job(job, clips, f"{store}/run", create_executor("local", jobs=1), part_items=4).reused == 10
    with pytest.raises(UsageError, match=rf"{store}/nothing holds no clip"):
        list_clips([f"{store}/nothing"])
    system.pipe_file(f"{bucket}/clips/{good[0].name}", good[1].read_bytes())  # as long as the one before
    assert [old == new for old, new in zip(clips, list_clips([f"{store}/clips"]), strict=True)] == [False] + [True] * 38


def test_what_cannot_be_is_said_in_one_sentence(run: Run, clips_folder: Path, model_file: Path, tmp_path: Path) -> None:
    clips = list_clips([str(clips_folder)])
    with pytest.raises(ParameterError, match="There is no engine 'dask': expected one of local, ray"):
        create_executor("dask")
    with pytest.raises(ParameterError, match="An address is for the engine 'ray' alone"):
        create_executor("local", address="auto")
    with pytest.raises(UsageError, match=r"protocol 'nope', which fsspec does not know"):
        list_clips(["nope://x"])
    with pytest.raises(OffkeyError, match=r"10 of 10 pieces .*clip_00.wav and 3 more: .* is no offkey model"):
        run_job(ScoreJob(b"no model"), clips, str(tmp_path / "a"), create_executor("local", jobs=1), part_items=4)
    done = run(tmp_path / "run")
    with pytest.raises(UsageError, match="holds a run with another model or configuration: name another folder"):
        run_job(ScoreJob(b"no model"), clips, str(tmp_path / "run"), create_executor("local"))
    job = ScoreJob(model_file.read_bytes())
    with pytest.raises(UsageError, match="holds a run with other clips"):
        run_job(job, clips[1:], str(tmp_path / "run"), create_executor("local"))
    (tmp_path / "run" / done.parts[2].name).write_bytes(b"PAR1")
    with pytest.raises(OffkeyError, match=rf"The part .*{done.parts[2].name} cannot be read .*: delete it"):
        list(done.tables())
    whole = (tmp_path / "run" / done.parts[0].name).read_bytes()
    (tmp_path / "run" / done.parts[2].name).write_bytes(whole)
    with pytest.raises(OffkeyError, match="damaged, or a part of something else"):
        list(done.tables())
    for at in range(4, len(whole), len(whole) // 15):
        flipped = whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :]
        (tmp_path / "run" / done.parts[0].name).write_bytes(flipped)
        with pytest.raises(OffkeyError, match=r"The part .* cannot be read .*: delete it"):
            next(done.tables())
    (tmp_path / "foreign").mkdir()
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "foreign" / "x.parquet")
    with pytest.raises(UsageError, match=r"holds Parquet files but no manifest\.json"):
        run(tmp_path / "foreign")
