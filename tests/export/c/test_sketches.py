"""Sketches for boards compile against stand-ins of their libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.export.c.compiling import needs, run
from tests.export.c.machine import fitted

from offkey.export.c import c_sources

SKETCHES = Path(__file__).parents[3] / "examples" / "edge"
STUBS = Path(__file__).with_name("stubs")
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-fsyntax-only")


@pytest.fixture(scope="module")
def model_in_c(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("c")
    for name, text in c_sources(fitted(detector="mahalanobis")).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@needs("g++")
def test_the_sketch_for_arduino_compiles(model_in_c: Path) -> None:
    sketch = SKETCHES / "arduino" / "offkey_microphone" / "offkey_microphone.ino"
    run("g++", "-x", "c++", "-std=c++17", *WARNINGS, f"-I{STUBS / 'arduino'}", f"-I{model_in_c}", str(sketch))


@needs("gcc")
def test_the_sketch_for_esp32_compiles(model_in_c: Path) -> None:
    sketch = SKETCHES / "esp32" / "main" / "main.c"
    run("gcc", "-std=gnu17", *WARNINGS, f"-I{STUBS / 'esp32'}", f"-I{model_in_c}", str(sketch))


@needs("gcc")
def test_a_mistake_in_a_sketch_is_found(model_in_c: Path, tmp_path: Path) -> None:
    text = (SKETCHES / "esp32" / "main" / "main.c").read_text(encoding="utf-8")
    (tmp_path / "main.c").write_text(text.replace("offkey_push(&state, samples, n)", "offkey_push(&state, words, n)"))
    options = (f"-I{STUBS / 'esp32'}", f"-I{model_in_c}")
    with pytest.raises(AssertionError, match="incompatible pointer type"):
        run("gcc", "-std=gnu17", *WARNINGS, *options, str(tmp_path / "main.c"))


def test_a_sketch_is_a_project_of_its_build_system() -> None:
    assert '"main.c" "offkey.c"' in (SKETCHES / "esp32" / "main" / "CMakeLists.txt").read_text(encoding="utf-8")
    assert "project(" in (SKETCHES / "esp32" / "CMakeLists.txt").read_text(encoding="utf-8")
