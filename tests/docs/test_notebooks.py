"""The notebooks of the documentation work, and are stored with the outputs that they give."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="the extra docs is not installed")
pytest.importorskip("nbclient", reason="the extra docs is not installed")

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.ipynb"))
by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _code(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def _kinds(path: Path) -> list[list[list[str]]]:
    """Return of each cell what kinds of output it has: the figures may differ in their last digits."""
    return [[sorted(output.get("data", {output.output_type: ""})) for output in cell.outputs] for cell in _code(path)]


@by_name
def test_a_notebook_is_small_and_stored_as_it_was_executed_from_top_to_bottom(path: Path) -> None:
    assert path.stat().st_size < 250_000
    assert [cell.execution_count for cell in _code(path)] == list(range(1, len(_code(path)) + 1))
    assert any(_kinds(path))


@by_name
def test_a_notebook_gives_the_outputs_that_are_stored(path: Path, tmp_path: Path) -> None:
    if "autoencoder" in path.stem:
        pytest.importorskip("torch", reason="the extra torch is not installed")
    settings = {"IPYTHONDIR": "ipython", "JUPYTER_RUNTIME_DIR": "runtime", "MPLCONFIGDIR": "matplotlib"}
    environment = {**os.environ, **{name: str(tmp_path / folder) for name, folder in settings.items()}}
    command = [sys.executable, DOCS / "execute.py", path, "--to", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert _kinds(tmp_path / path.name) == _kinds(path)
