from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from offkey.evaluation import pictures
from offkey.web.explore.group_colours import ANOMALOUS, NORMAL, distinct_colours, group_colours, meaning
from offkey.web.explore.query import _MOST_CHOICES


def test_normal_is_blue_and_anomalous_red_in_whatever_order_and_words() -> None:
    assert (NORMAL, ANOMALOUS) == (pictures.NORMAL, pictures.ANOMALOUS)  # as in reports
    for column in ("label", "own_label", "label (table)"):
        assert group_colours(column, ["anomaly", "normal"]) == [ANOMALOUS, NORMAL]
        assert group_colours(column, ["Abnormal", "OK"]) == [ANOMALOUS, NORMAL]
    assert group_colours("anomalous", ["0", "1"]) == [NORMAL, ANOMALOUS]
    assert group_colours("state", ["abnormal", "normal"]) == [ANOMALOUS, NORMAL]
    others = group_colours("own_label", ["(none)", "anomaly", "normal", "unsure"])
    assert others[1:3] == [ANOMALOUS, NORMAL]
    assert len(set(others)) == 4


def test_zero_and_one_of_other_columns_are_no_labels() -> None:
    colours = group_colours("section", ["0", "1"])
    assert {NORMAL, ANOMALOUS}.isdisjoint(colours)
    assert meaning("load", "1") == ""


@pytest.mark.parametrize("n", [2, 8, 9, 12, 24, _MOST_CHOICES])
def test_groups_have_distinct_colours_on_light_and_dark(n: int) -> None:
    colours = group_colours("machine", [f"m{k}" for k in range(n)])
    assert len(set(colours)) == n
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours)
    rgb = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in colours])
    apart = min(float(np.abs(a - b).sum()) for a, b in combinations(rgb, 2))
    assert apart >= (60 if n <= 12 else 15)
    light = (np.where(rgb > 10, ((rgb / 255 + 0.055) / 1.055) ** 2.4, rgb / 255 / 12.92)) @ [0.2126, 0.7152, 0.0722]
    assert (1.05 / (light + 0.05)).min() > 2
    assert ((light + 0.05) / (0.0116 + 0.05)).min() > 2


def test_colours_stay_apart_where_red_and_green_are_not_told_apart() -> None:
    """To who sees no difference of red and green, their mean is about what is seen beside blue."""
    rgb = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in distinct_colours(8)])
    yellow_and_blue = np.stack([0.35 * rgb[:, 0] + 0.65 * rgb[:, 1], rgb[:, 2]], axis=1)
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(yellow_and_blue, 2)) > 25


def test_more_groups_leave_the_colours_of_the_first_as_they_were() -> None:
    assert distinct_colours(30)[:12] == distinct_colours(12)
