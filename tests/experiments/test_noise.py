from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.errors import UsageError
from offkey.evaluation.metrics import auc
from offkey.experiments.benchmark import Settings, run_benchmark
from offkey.experiments.candidate import Candidate
from offkey.experiments.noise import FEWEST, without_noise
from offkey.experiments.plan import make_plan
from offkey.hearing.batch import ClipFeatures, WindowFeatures


def clips(vectors: np.ndarray) -> list[ClipFeatures]:
    pieces = [WindowFeatures(0.0, 1.0, vector.astype(np.float32)) for vector in vectors]
    return [ClipFeatures(f"{number}.wav", [piece]) for number, piece in enumerate(pieces)]


def vectors(heard: list[ClipFeatures]) -> np.ndarray:
    return np.array([piece.vector for clip in heard for piece in clip.windows if piece.vector is not None])


@pytest.fixture
def moved() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return noise, training and test clips that noise moves in one direction; the last 20 clips are faulty."""
    rng = np.random.default_rng(0)
    direction = rng.standard_normal(30)
    noise, train, test = (
        rng.normal(0, 10, (n, 1)) * direction + 0.1 * rng.standard_normal((n, 30)) for n in (20, 30, 40)
    )
    test[20:, 3] += 1.0
    return noise, train, test


def test_what_noise_moves_does_not_count(moved: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    noise, train, test = moved
    labels = np.repeat([0, 1], 20)

    def found(train: np.ndarray, test: np.ndarray) -> float:
        return auc(labels, np.linalg.norm(test - train.mean(axis=0), axis=1))

    ours = without_noise(clips(noise), clips(train), clips(test))
    assert found(train, test) < 0.7
    assert found(*(vectors(heard) for heard in ours)) > 0.95


def test_errors_stay_and_too_little_noise_changes_nothing(moved: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    noise, train, test = moved
    bad = ClipFeatures("bad.wav", [WindowFeatures(None, None, None, "is empty")])
    few, _ = without_noise([*clips(noise[: FEWEST - 1]), bad], clips(train), clips(test))
    assert np.array_equal(vectors(few), train.astype(np.float32))
    _, tested = without_noise([*clips(noise), bad], [*clips(train), bad], [bad, *clips(test)])
    assert tested[0] == bad
    assert [clip.name for clip in tested] == ["bad.wav", *(clip.name for clip in clips(test))]


@pytest.fixture
def noisy_edition(tiny_edition, tmp_path: Path) -> Path:
    """Return the development set of 2025 with clips of noise alone."""
    root = tmp_path / "dcase2025"
    shutil.copytree(tiny_edition(2025) / "dev_data", root / "dev_data")
    (folder,) = root.rglob("supplemental")
    shutil.rmtree(folder)
    folder.mkdir()
    for number in range(10):
        noise = np.random.default_rng(number).standard_normal(16_000) * 0.01 * (1 + number)
        soundfile.write(folder / f"section_00_noise_supplemental_normal_{number:04d}.wav", noise, 16_000)
    return root


def test_noise_alone_is_used_when_asked_for(noisy_edition: Path) -> None:
    ignored, used = (make_plan("dcase2025", noisy_edition, supplemental=word) for word in ("ignore", "use"))
    assert (len(ignored.cells[0].noise), len(used.cells[0].noise)) == (0, 10)
    assert used.cells[0].train == ignored.cells[0].train
    assert "bearing 00: 10 supplemental clips are neither learnt from nor scored." in ignored.notes
    assert "bearing 00: the directions in which 10 supplemental clips of noise alone vary do not count." in used.notes


def test_few_clips_of_noise_are_left_out(noisy_edition: Path) -> None:
    for clip in sorted(noisy_edition.rglob("*_noise_*"))[3:]:
        clip.unlink()
    plan = make_plan("dcase2025", noisy_edition, supplemental="use")
    assert plan.cells[0].noise == ()
    assert f"bearing 00: 3 clips of noise alone are too few to be used; {FEWEST} would do." in plan.notes


def test_a_run_holds_to_what_it_made_of_noise(noisy_edition: Path, tmp_path: Path, knn: Candidate) -> None:
    settings = Settings("dcase2025", noisy_edition, tmp_path / "run", [knn], supplemental="use")
    used = run_benchmark(settings)
    assert run_benchmark(settings).reused == 1
    with pytest.raises(UsageError, match="made with --supplemental use, and now it is no --supplemental"):
        run_benchmark(replace(settings, supplemental="ignore"))
    ignored = run_benchmark(replace(settings, supplemental="ignore", out=tmp_path / "other"))
    scores = [[clip.score for clip in run.measured.outcomes[0].scored.clips] for run in (used, ignored)]
    assert scores[0] != scores[1]
