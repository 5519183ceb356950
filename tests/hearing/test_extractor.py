from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from threadpoolctl import threadpool_info, threadpool_limits

import offkey.hearing.extractor as module
from offkey.audio import ArrayRecording
from offkey.features.logmel import LogMel
from offkey.hearing.batch import ClipFeatures
from offkey.model.config import make_config
from offkey.model.make_components import make_extractor
from offkey.work import process_pool
from offkey.work.process_pool import Processes


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Seventy short clips, one of them empty."""
    folder, rng = tmp_path_factory.mktemp("clips"), np.random.default_rng(0)
    paths = [folder / f"{number:02d}.wav" for number in range(70)]
    for path in paths:
        soundfile.write(path, 0.1 * rng.standard_normal(4000), 16_000)
    paths[40].write_bytes(b"")
    return paths


def heard(sources: list[Any], jobs: int) -> list[ClipFeatures]:
    return list(make_extractor(make_config(), 16_000, digest=True).extract_all(sources, jobs=jobs))


def equal(found: list[ClipFeatures], expected: list[ClipFeatures]) -> bool:
    assert [(clip.name, clip.digest) for clip in found] == [(clip.name, clip.digest) for clip in expected]
    windows, others = ([window for clip in clips for window in clip.windows] for clips in (found, expected))
    about = [[(one.start_s, one.end_s, one.error, one.traits) for one in of] for of in (windows, others)]
    assert about[0] == about[1]
    pairs = zip(windows, others, strict=True)
    return all(np.array_equal(a.vector, b.vector) for a, b in pairs if a.vector is not None)


def test_threads_hear_what_one_hears_in_order(files: list[Path]) -> None:
    assert equal(heard(files, 3), heard(files, 1))


def test_many_files_are_heard_by_processes_alike(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    expected, pools = heard(files, 1), []
    monkeypatch.setattr(process_pool, "Processes", lambda jobs, **given: pools.append(jobs) or Processes(jobs, **given))
    monkeypatch.setattr(module, "_MANY", 70)
    assert equal(heard(files, 2), expected)
    assert pools == [2]


def test_what_travels_badly_is_heard_by_threads(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "Processes", None)  # would not be called
    monkeypatch.setattr(module, "_MANY", 2)
    arrays = [ArrayRecording(np.random.default_rng(0).normal(size=4000), 16_000, name=str(n)) for n in range(3)]
    assert equal(heard(arrays, 2), heard(arrays, 1))
    monkeypatch.setattr(LogMel, "heavy", True)  # as a network's front end says
    assert equal(heard(files, 2), heard(files, 1))


@pytest.mark.parametrize("jobs", [1, 2])
def test_who_stops_half_way_has_all_threads_of_linear_algebra(files: list[Path], jobs: int) -> None:
    extractor = make_extractor(make_config(), 16_000)
    next(extractor.extract_all(files, jobs=1))  # what loads linear algebra late has loaded it
    with threadpool_limits(2, user_api="blas"):
        half_way = extractor.extract_all(files, jobs=jobs)
        next(half_way)
        assert _blas_threads() == {2}
        half_way.close()
        assert _blas_threads() == {2}


def test_linear_algebra_has_one_thread_while_a_clip_is_heard(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[set[int]] = []
    real = LogMel.vector
    monkeypatch.setattr(LogMel, "vector", lambda *given: found.append(_blas_threads()) or real(*given))
    with threadpool_limits(2, user_api="blas"):
        heard(files[:9], 1)
        heard(files[:9], 2)
    assert found == [{1}] * 18


def _blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_long_recordings_are_heard_window_by_window_by_threads_too(files: list[Path]) -> None:
    long = ArrayRecording(np.random.default_rng(0).normal(size=65 * 16_000), 16_000, name="long")
    sources = [files[0], long, files[1]]
    assert [len(clip.windows) for clip in heard(sources, 2)] == [1, 7, 1]
    assert equal(heard(sources, 2), heard(sources, 1))


def test_progress_is_told_after_each_clip(files: list[Path]) -> None:
    steps: list[int] = []
    for jobs in (1, 2):
        steps.clear()
        extractor = make_extractor(make_config(), 16_000)
        for number, _ in enumerate(extractor.extract_all(files, jobs=jobs, advance=lambda: steps.append(1)), 1):
            assert len(steps) == number
