"""Examples in docstrings are run, in a folder with recordings like those that they speak of."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey

SOURCE = Path(offkey.__file__).parent
MODULES = [
    ".".join(("offkey", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for path in sorted(SOURCE.rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


@pytest.fixture
def things(
    tmp_path: Path, normal_folder: Path, tiny_edition: Callable[[int], Path], hum, monkeypatch: pytest.MonkeyPatch
) -> dict[str, object]:
    """What examples take as given."""
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / "normal").symlink_to(normal_folder)
    (tmp_path / "dcase2020").symlink_to(tiny_edition(2020))
    soundfile.write(tmp_path / "today.wav", hum(100, tone_hz=3000), 16_000)
    for machine, tone_hz in (("fan", None), ("pump", 500), ("slider", 3000)):
        for ident in ("id_00", "id_02"):
            folder = tmp_path / "machines" / machine / ident
            folder.mkdir(parents=True)
            for number in range(6):
                sound = hum(10 * len(machine) + number, seconds=0.3, tone_hz=tone_hz)
                soundfile.write(folder / f"{number:08d}.wav", sound, 16_000)
    monkeypatch.chdir(tmp_path)
    X = np.random.default_rng(0).normal(size=(40, 6))
    window = hum(100, tone_hz=3000)
    model = offkey.fit(normal_folder)
    return {"X": X, "X_new": X[:3], "samples": hum(), "rate": 16_000, "model": model, "window": window}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_work(name: str, things: dict[str, object]) -> None:
    found = doctest.testmod(importlib.import_module(name), extraglobs=things)
    assert found.attempted > 0
    assert found.failed == 0
