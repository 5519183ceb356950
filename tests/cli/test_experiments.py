from __future__ import annotations

from pathlib import Path

import pytest

from offkey.cli import experiments
from offkey.cli.experiments import check_folder, figure_cells, interval_text, number_text, stages
from offkey.errors import UsageError
from offkey.experiments.measures import Figures


def test_figures_are_shown_with_their_intervals() -> None:
    assert number_text(0.91734) == "0.9173"
    assert interval_text(0.91734, (0.85, 0.97)) == "0.9173 [0.850, 0.970]"
    assert (number_text(None), interval_text(None, (0.85, 0.97)), interval_text(0.5, None)) == ("-", "-", "0.5000")
    figures = Figures(0.9, (0.8, 1.0), 0.7, (0.6, 0.8), ())
    assert figure_cells(figures) == ["0.9000 [0.800, 1.000]", "0.7000 [0.600, 0.800]"]
    assert figure_cells(None) == ["cannot be fitted", "-"]


def test_a_folder_has_no_name_of_a_file(tmp_path: Path) -> None:
    check_folder(tmp_path)
    check_folder(tmp_path / "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--out must name a folder, but .*file is a file"):
        check_folder(tmp_path / "file")


def test_one_bar_is_shown_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Bar:
        def __init__(self, name: str, steps: int) -> None:
            self.name = f"{name} {steps}"

        def __enter__(self):
            seen.append(f"+{self.name}")
            return lambda: seen.append(self.name)

        def __exit__(self, *_: object) -> None:
            seen.append(f"-{self.name}")

    monkeypatch.setattr(experiments, "progress", Bar)
    with stages() as stage:
        stage("Reading", 3)()
        stage("Fitting", 2)
    assert seen == ["+Reading 3", "Reading 3", "-Reading 3", "+Fitting 2", "-Fitting 2"]
