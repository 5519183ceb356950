from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from offkey.experiments.measures import Figures, Metric
from offkey.experiments.space import Space
from offkey.experiments.tuning import picture
from offkey.experiments.tuning.division import Division
from offkey.experiments.tuning.picture import draw_curve
from offkey.experiments.tuning.results import Report, Trial, Tuned
from offkey.experiments.tuning.selection import FeatureGroup, Selection, Step
from offkey.experiments.tuning.selection_picture import draw_selection
from offkey.pictures import PictureForm


def _figures(auc: float) -> Figures:
    return Figures(auc, (auc - 0.05, auc + 0.05), auc - 0.1, (auc - 0.2, auc), ())


@pytest.fixture
def tuned(cell) -> Callable[..., Tuned]:
    """Return a function that makes results with made-up figures, without any search."""

    def make(space: Space, *, left_out: int = 0, failed: int = 0, metric: Metric = Metric.AUC) -> Tuned:
        candidates = list(space)[left_out:]
        trials = [Trial(space.default(), _figures(0.6))]
        for k, candidate in enumerate(candidates):
            trials.append(Trial(candidate, None if k < failed else _figures(0.6 + 0.3 * np.sin(k) ** 2)))
        best = max(range(len(trials)), key=lambda place: trials[place].value(metric))
        reports = [Report("default", space.default(), _figures(0.6), None)]
        reports.append(Report("chosen", trials[best].candidate, _figures(0.7), None))
        division = Division([cell()], [cell(section=f"{k:02d}") for k in range(2, 9)], [])
        return Tuned(space, metric, division, trials, best, None, reports)

    return make


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are drawn."""
    kept: list[Figure] = []
    content = picture.picture_bytes
    for module in ("picture", "selection_picture"):
        name = f"offkey.experiments.tuning.{module}.picture_bytes"
        monkeypatch.setattr(name, lambda figure, form: kept.append(figure) or content(figure, form))
    return kept


def _panels(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]


def _legend(panel: Axes) -> list[str]:
    return [text.get_text() for text in panel.get_legend().get_texts()]


def test_one_parameter_makes_a_line_with_numbers_in_order(tuned, drawn) -> None:
    image = draw_curve(tuned(Space("knn", "logmel", {"n_neighbors": [8, 1, 4]})))
    assert Image.open(io.BytesIO(image)).size[0] > 400
    (panel,) = _panels(drawn[0])
    assert [tick.get_text() for tick in panel.get_xticklabels()] == ["1", "4", "8"]
    assert {"default", "chosen", "candidates"} == set(_legend(panel))
    assert "report on fan 02, fan 03, fan 04 and 4 more: chosen 0.700 against default 0.600" in drawn[0].get_suptitle()


def test_two_parameters_share_a_panel_with_a_line_for_each_value(tuned, drawn) -> None:
    space = Space("gmm", "logmel", {"covariance_type": ["full", "diag"], "n_components": [1, 2, 4, 8]})
    draw_curve(tuned(space))
    (panel,) = _panels(drawn[0])
    assert panel.get_xlabel() == "n_components (detector)"
    assert {"covariance_type=full", "covariance_type=diag"} < set(_legend(panel))


def test_two_parameters_of_many_values_make_a_heat_map_with_the_figures(tuned, drawn) -> None:
    found = tuned(Space("knn", "logmel", {"n_neighbors": [1, 2, 3]}, {"n_mels": [32, 64, 128]}))
    draw_curve(found)
    (panel,) = _panels(drawn[0])
    texts = {text.get_text() for text in panel.texts}
    assert {f"{trial.figures.auc:.3f}" for trial in found.trials[1:]} <= texts | {"0.600"}
    assert len(panel.patches) == 1  # the frame around the chosen one


@pytest.mark.parametrize("gap", [{"left_out": 1}, {"failed": 1}])
def test_where_not_everything_was_tried_there_are_dots(tuned, drawn, gap: dict[str, int]) -> None:
    draw_curve(tuned(Space("knn", "logmel", {"n_neighbors": [1, 2, 3]}, {"n_mels": [32, 64, 128]}), **gap))
    panels = _panels(drawn[0])
    assert [panel.get_xlabel() for panel in panels] == ["n_mels (features)", "n_neighbors (detector)"]
    assert all("best of each value" in _legend(panel) for panel in panels)


def test_three_parameters_have_a_panel_each(tuned, drawn) -> None:
    space = Space(
        "gmm", "logmel", {"n_components": [1, 2], "reg": [0.1, 0.2, 0.3]}, {"pooling": [[1.0], [1.0, 0.9, 0.8, 0.5]]}
    )
    draw_curve(tuned(space, metric=Metric.MEAN))
    panels = _panels(drawn[0])
    assert len(panels) == 3
    assert [tick.get_text() for tick in panels[0].get_xticklabels()] == ["[1.0]", "[1.0, 0.9, 0.8, 0…"]
    assert panels[0].get_ylabel() == "mean of AUC and pAUC, tuning part"


def test_nothing_that_varies_is_no_curve(tuned) -> None:
    assert draw_curve(tuned(Space("knn", "logmel", {"n_neighbors": [3]}))) is None


@pytest.mark.parametrize("n_kept", [0, 2])
def test_the_ranking_shows_both_parts_and_each_group(tuned, drawn, n_kept: int) -> None:
    groups = [FeatureGroup(f"{k} to {k + 1} Hz", (k,), k, k + 1, (k,)) for k in range(3)]
    steps = [Step(group, 0.4 + 0.1 * k, _figures(0.6 + 0.1 * k), _figures(0.5)) for k, group in enumerate(groups)]
    steps.append(Step(None, None, _figures(0.7), _figures(0.6)))
    found = tuned(Space("knn"))
    image = draw_selection(found, Selection(groups, steps, 2, n_kept))
    assert Image.open(io.BytesIO(image)).size[0] > 400
    alone, path = _panels(drawn[0])
    labels = [tick.get_text() for tick in alone.get_yticklabels()]
    assert labels == ["1  + 0 to 1 Hz", "2  + 1 to 2 Hz", "3  + 2 to 3 Hz", "all 3"]
    expected = ["tuning: fan 00", "reporting: fan 02, fan 03, fan 04 and 4 more"]
    assert _legend(path) == expected + ["kept"] * bool(n_kept)
    np.testing.assert_allclose(path.lines[0].get_xdata(), [0.6, 0.7, 0.8, 0.7])
    assert ("2 of 3 groups kept" in drawn[0].get_suptitle()) is bool(n_kept)
    assert ("not clearly better" in drawn[0].get_suptitle()) is not bool(n_kept)


@pytest.mark.parametrize(("width_cm", "down"), [(8.8, 3), (18.0, 2)])
def test_on_paper_panels_stand_below_one_another_and_the_caption_has_the_title(
    tuned, drawn, width_cm: float, down: int
) -> None:
    space = Space("gmm", "logmel", {"n_components": [1, 2], "reg": [0.1, 0.2, 0.3]}, {"n_mels": [32, 64]})
    form = PictureForm("svg", width_cm)
    assert draw_curve(tuned(space, left_out=1), form).startswith(b"<?xml")
    assert len({round(panel.get_position().y0, 2) for panel in _panels(drawn[0])}) == down
    assert drawn[0].get_size_inches()[0] == pytest.approx(width_cm / 2.54)
    assert drawn[0].get_suptitle() == ""
