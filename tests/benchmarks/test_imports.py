"""Every benchmark can be started, with what the tests have: peers are imported where they are measured."""

from __future__ import annotations

from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
from benchmarks.__main__ import FIGURES, SPEED, main

import benchmarks

MODULES = sorted(path.stem for path in Path(benchmarks.__file__).parent.glob("*.py") if path.stem != "__main__")


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_is_imported(name: str) -> None:
    assert import_module(f"benchmarks.{name}").__doc__


@pytest.mark.parametrize("name", [*SPEED, *FIGURES])
def test_a_benchmark_that_can_be_named_takes_arguments(name: str) -> None:
    assert "arguments" in signature(import_module(f"benchmarks.{name}").main).parameters


def test_a_folder_of_data_that_is_absent_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["detection", "--data", str(tmp_path / "none")])
    assert "OFFKEY_TEST_DATA" in capsys.readouterr().err
