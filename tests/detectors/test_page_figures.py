from __future__ import annotations

from pathlib import Path

from offkey.detectors.page_figures import COLUMNS, Figures

RESULTS = """
## Detectors on spectra

| detector | ids 00: AUC | pAUC | ids 02: AUC | pAUC | all: AUC |
| --- | ---: | ---: | ---: | ---: | ---: |
| `knn` | 0.1 | 0.2 | 0.3 | 0.4 | 0.5 |

"""

PROXIES = """
Seed 0, real slide rail, AUC / pAUC:

| detector | front end | mean |
| --- | --- | ---: |
| `knn` | `logmel` | 0.0 / 0.0 |

Seed 1, real slide rail, AUC / pAUC:

| detector | front end | +6 dB | mean |
| --- | --- | ---: | ---: |
| `knn` | `logmel` | 0.9 / 0.9 | 0.7 / 0.6 |
| `fused` | `mfcc` | 0.9 / 0.9 | 0.8 / 0.7 |
"""


def test_figures_are_those_that_nothing_was_chosen_by(tmp_path: Path) -> None:
    (tmp_path / "results.md").write_text(RESULTS)
    (tmp_path / "proxies.md").write_text(PROXIES)
    figures = Figures.read(tmp_path)
    assert figures.of("knn", "logmel") == ["0.3 / 0.4", "0.7 / 0.6", "-"]
    assert figures.of("fused", "mfcc") == ["-", "0.8 / 0.7", "-"]


def test_without_results_there_are_no_figures(tmp_path: Path) -> None:
    assert Figures.read(tmp_path).of("knn", "logmel") == ["-"] * len(COLUMNS)


def test_the_pages_of_results_have_figures_of_the_default() -> None:
    assert "-" not in Figures.read().of("fused", "logmel")
