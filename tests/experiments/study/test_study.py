from __future__ import annotations

import csv
from pathlib import Path

import pytest

from offkey.datasets.readers import read_dataset
from offkey.errors import DataError, ParameterError, UsageError
from offkey.experiments.candidate import Candidate
from offkey.experiments.detecting import detect
from offkey.experiments.measures import Figures, figures
from offkey.experiments.reader import Reader
from offkey.experiments.study import Study, default_values, run_study, spaces
from offkey.experiments.study.outputs import COLUMNS, draw_study, markdown, write_study
from offkey.experiments.tuning.division import cells_of

SPACES = (["gmm", "knn"], {"gmm": {"n_components": (1, 2)}, "knn": {"n_neighbors": (1,)}})


@pytest.fixture(scope="module")
def found(tiny_edition) -> Study:
    return run_study(read_dataset("dcase2020", tiny_edition(2020)), spaces(*SPACES), jobs=1)


def test_each_setting_is_measured_on_every_id(found: Study, tiny_edition) -> None:
    assert len(found.ids) > 1
    assert [trial.name for trial in found.trials] == [
        "gmm, n_components=1",
        "gmm, n_components=2",
        "knn, n_neighbors=1",
    ]
    (cell, *_), _ = cells_of(read_dataset("dcase2020", tiny_edition(2020)).iter_rows(named=True))
    candidate = Candidate("logmel", "gmm", detector_params={"n_components": 2})
    expected = figures([detect(candidate, Reader([cell], jobs=1).features(candidate, cell))])
    assert found.trials[1].cells[cell.name] == expected
    for trial in found.trials:
        aucs = [one.auc for one in trial.cells.values() if isinstance(one, Figures)]
        assert trial.mean is not None
        assert trial.mean.auc == pytest.approx(sum(aucs) / len(found.ids))


def test_the_files_tell_the_same(found: Study, tmp_path: Path) -> None:
    written = write_study(found, tmp_path / "new")
    assert [path.name for path in written] == ["study.csv", "study.md", "study.png"]
    with written[0].open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(found.trials) * (len(found.ids) + 1)
    first = found.trials[0].cells[found.ids[0]]
    assert isinstance(first, Figures)
    assert float(rows[0]["auc"]) == first.auc
    lines = written[1].read_text().splitlines()
    assert lines[0] == f"| detector | setting | {' | '.join(found.ids)} | mean |"
    assert lines[2].startswith(f"| `gmm` | n_components=1 | {first.auc:.3f} / {first.pauc:.3f} |")
    assert written[2].read_bytes().startswith(b"\x89PNG")


def test_a_setting_that_cannot_be_fitted_stands_there_without_figures(tiny_edition) -> None:
    asked = spaces(["lof"], {"lof": {"n_neighbors": (2, 3)}})
    found = run_study(read_dataset("dcase2020", tiny_edition(2020)), asked, jobs=1)
    found.trials[1].cells[found.ids[0]], found.trials[1].mean = "It cannot be.", None
    assert "| - |" in markdown(found)
    assert draw_study(found).startswith(b"\x89PNG")
    assert found.to_json()["settings"][1]["ids"][0] == {"id": found.ids[0], "error": "It cannot be."}


def test_a_detector_gets_the_front_end_that_fits_it() -> None:
    classic = default_values()
    assert [(space.detector, space.features, len(space)) for space in spaces(list(classic), classic)] == [
        ("autoencoder", "frames", 3),
        ("gmm", "logmel", 4),
    ]
    assert spaces(["gmm", "knn"], {}, {"knn": "mfcc"})[1].features == "mfcc"


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ((["gmm"], {}), UsageError, "A study compares two settings or more"),
        ((["gmm"], {"knn": {"n_neighbors": (1, 2)}}), UsageError, "'knn' has settings, but takes no part"),
        ((["gmm", "knn"], {}, {"lof": "mfcc"}), UsageError, "'lof' has settings, but takes no part"),
        ((["gmm"], {"gmm": {"n_components": (0, 1)}}), ParameterError, "'n_components' parameter of 'gmm' must be"),
    ],
)
def test_what_makes_no_study_is_refused(asked, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        spaces(*asked)


def test_clips_without_labels_are_no_study(tiny_edition) -> None:
    table = read_dataset("dcase2020", tiny_edition(2020))
    with pytest.raises(DataError, match=r"A study needs an id .* found none"):
        run_study(table.filter(table["split"] == "train"), spaces(*SPACES), jobs=1)
