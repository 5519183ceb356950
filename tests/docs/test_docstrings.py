"""Examples in docstrings are run, in a folder with recordings like those that they speak of."""

from __future__ import annotations

import doctest
import importlib
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey.runtime
from offkey.cli.main import main
from offkey.export import export_model

SOURCE = Path(offkey.__file__).parent
MODULES = [
    ".".join(("offkey", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for path in sorted(SOURCE.rglob("*.py"))
    if re.search(r"^\s*>>> ", path.read_text(encoding="utf-8"), re.M)
]


@pytest.fixture(scope="session")
def model(normal_folder: Path) -> offkey.Model:
    return offkey.fit(normal_folder)


@pytest.fixture(scope="session")
def benchmark_run(tmp_path_factory: pytest.TempPathFactory, tiny_edition: Callable[[int], Path]) -> Path:
    """A benchmark of one detector; not to be written to."""
    run = tmp_path_factory.mktemp("benchmark") / "run"
    options = ["--dataset", "dcase2020", "--detector", "knn", "--out", str(run), "--json"]
    assert main(["benchmark", str(tiny_edition(2020)), *options]) == 0
    return run


@pytest.fixture(scope="session")
def exported(model: offkey.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as a folder for a device; not to be written to."""
    return export_model(model, tmp_path_factory.mktemp("exported") / "edge").folder


@pytest.fixture
def things(
    tmp_path: Path,
    normal_folder: Path,
    model: offkey.Model,
    tiny_edition: Callable[[int], Path],
    benchmark_run: Path,
    exported: Path,
    hum,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, object]:
    """What examples take as given."""
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "normal").symlink_to(normal_folder)
    (tmp_path / "recordings" / "today").mkdir()
    for number in range(10):
        soundfile.write(tmp_path / "recordings" / "today" / f"{number}.wav", 0.5 * hum(700 + number), 16_000)
    (tmp_path / "dcase2020").symlink_to(tiny_edition(2020))
    (tmp_path / "run").symlink_to(benchmark_run)
    soundfile.write(tmp_path / "today.wav", hum(100, tone_hz=3000), 16_000)
    (tmp_path / "submission").mkdir()
    scores = [("normal", 0, 0.1), ("normal", 1, 0.4), ("anomaly", 0, 0.3), ("anomaly", 1, 0.8)]
    rows = "".join(f"{label}_id_00_{number:08d}.wav,{score}\n" for label, number, score in scores)
    (tmp_path / "submission" / "anomaly_score_fan_id_00.csv").write_text(rows)
    for machine, tone_hz in (("fan", None), ("pump", 500), ("slider", 3000)):
        for ident in ("id_00", "id_02"):
            folder = tmp_path / "machines" / machine / ident
            folder.mkdir(parents=True)
            for number in range(6):
                sound = hum(10 * len(machine) + number, seconds=0.3, tone_hz=tone_hz)
                soundfile.write(folder / f"{number:08d}.wav", sound, 16_000)
    shutil.copytree(exported, tmp_path / "pump7-edge")
    monkeypatch.setitem(sys.modules, "offkey_runtime", offkey.runtime)  # the name of its distribution
    monkeypatch.chdir(tmp_path)
    X = np.random.default_rng(0).normal(size=(40, 6))
    window = hum(100, tone_hz=3000)
    return {"X": X, "X_new": X[:3], "samples": hum(), "rate": 16_000, "model": model, "window": window}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_work(name: str, things: dict[str, object]) -> None:
    found = doctest.testmod(importlib.import_module(name), extraglobs=things)
    assert found.attempted > 0
    assert found.failed == 0
