"""The views of a log-mel vector's tail as graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from offkey.features.logmel import LogMel

VIEWS = ("lulls", "transients", "modulation", "wobble", "cycle", "fine_spectrum", "dynamics")
ALL = dict.fromkeys(VIEWS, True)


def _only(*views: str, **params: Any) -> LogMel:
    return LogMel(pooling=(1.0,), deviation=False, change=False, **{view: view in views for view in VIEWS}, **params)


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_that_of_the_front_end(view: str, machine: str, export, windows) -> None:
    several = windows(machine, seconds=4.0, count=3)
    export(_only(view), 16_000, several.shape[1]).check(several)


@pytest.mark.parametrize(
    ("rate", "seconds"), [(8000, 12.0), (44_100, 2.5), (48_000, 1.2), (22_050, 1.0), (16_000, 0.3), (8000, 0.07)]
)
def test_all_views_together_have_one_rate_and_length(rate: int, seconds: float, export, windows) -> None:
    several = windows("slider", rate, seconds, count=3)
    exported = export(_only(*VIEWS), rate, several.shape[1])
    exported.check(several)
    exported.check(several[1:2])


def test_real_machines_have_the_same_views(export, real_windows) -> None:
    several = real_windows(160_000)
    export(_only(*VIEWS), 16_000, 160_000).check(several, 2e-4)


@pytest.mark.parametrize(
    "keep",
    [
        (5, 130, 143, 144, 150, 240),  # a band, two groups, the whole sound, two fine bands
        (128, 140),
        (7,),
        (144,),
        (145, 146),
    ],
)
def test_places_that_are_kept_stand_where_they_stood(keep: tuple[int, ...], export, windows) -> None:
    export(_only(*VIEWS, keep=keep), 16_000, 32_000).check(windows("valve", count=2))


@pytest.mark.parametrize(
    "params",
    [
        {"n_mels": 40, "normalisation": "clip-level"},
        {"n_mels": 13, "low_hz": 0.0},
        {"n_mels": 100, "floor_db": -50.0},
        {"n_mels": 64, "high_share": 0.8},
    ],
    ids=str,
)
def test_any_number_of_bands_has_its_groups(params: dict[str, Any], export, windows) -> None:
    export(_only(*VIEWS, **params), 16_000, 32_000).check(windows("pump", count=2))


def test_a_view_that_is_left_out_has_zeros_in_its_place(export, windows) -> None:
    several, front_end = windows("valve", seconds=4.0, count=2), _only("modulation", "wobble", "cycle")
    found = export(front_end, 16_000, several.shape[1], without=("wobble", "cycle")).by_numpy(several)
    expected = export(front_end, 16_000, several.shape[1]).by_numpy(several)
    assert (found[:, -25:] == 0).all()
    assert found[:, :-25].tolist() == expected[:, :-25].tolist()
    assert (expected[:, -25:] != 0).any()


def test_each_view_has_a_name(export, windows) -> None:
    several = windows("slider", seconds=4.0, count=2)
    exported = export(_only(*VIEWS), 16_000, several.shape[1])
    names = ("lulls", "fine_spectrum", "dynamics", "clicks", "dips", "knocks", "modulation", "wobble", "cycle")
    parts = [exported.by_numpy(several, name) for name in ("pooled", *names)]
    assert np.concatenate(parts, axis=1).tolist() == exported.by_numpy(several).tolist()
