"""The graph of the default, a join of several detectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from offkey.detectors import create
from offkey.detectors.base import Detector
from offkey.detectors.fused import Fused
from offkey.errors import ExportError
from offkey.export.detectors import detector_nodes
from offkey.features.cycle import CYCLE
from offkey.graph import Builder
from offkey.runtime.graph import Graph, run

Clips = NDArray[np.float64]
Agree = Callable[[Detector, Clips], Graph]

FORMS: list[dict[str, Any]] = [
    {},
    {"bands": 8},
    {"bands": 8, "levels": 1},
    {"bands": 8, "levels": 2, "views": [5, 3]},
    {"bands": 8, "levels": 1, "views": [4, 4, 8]},
]


def _clips(n: int, d: int = 32) -> Clips:
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 5)) @ rng.normal(size=(5, d)) + 0.3 * rng.normal(size=(n, d)) - 40


def _new(clips: Clips) -> Clips:
    return np.concatenate([clips[:5], clips[:8] + np.random.default_rng(1).normal(size=(8, clips.shape[1]))])


@pytest.mark.parametrize("params", FORMS, ids=str)
@pytest.mark.parametrize("n", [8, 20, 60])
def test_scores_are_those_of_python(agree: Agree, params: dict[str, Any], n: int) -> None:
    clips = _clips(n)
    agree(create("fused", folds=3, **params).fit(clips), _new(clips))


@pytest.mark.parametrize("params", FORMS, ids=str)
def test_each_member_takes_a_clip_to_be_of_the_likeliest_domain(agree: Agree, params: dict[str, Any]) -> None:
    clips = _clips(40)
    clips[30:] += 3
    agree(create("fused", folds=3, **params).fit(clips, domains=np.repeat(["source", "target"], [30, 10])), _new(clips))


def _with_cycle(n: int) -> Clips:
    """Return clips with levels, and behind them the cycle of a machine whose strokes recur in half a second."""
    rng = np.random.default_rng(3)
    cycle = np.abs(rng.normal(size=(n, len(CYCLE))))
    cycle[:, 0] = 0.5 + 0.01 * rng.normal(size=n)
    return np.hstack([_clips(n), cycle])


def test_the_cycle_is_a_view_where_clips_have_one(agree: Agree) -> None:
    clips = _with_cycle(40)
    detector = Fused(folds=3, bands=8, levels=1, views=[8], cycle=True).fit(clips)
    assert detector.cycle_ is not None
    new = _new(clips)
    new[::3, 32] = [0.0, 0.3, 0.5, 1.0, 2.0]  # without a period, and with others
    agree(detector, new)


def test_members_and_views_have_names() -> None:
    clips = _with_cycle(40)
    detector = Fused(folds=3, bands=8, levels=1, views=[8], cycle=True).fit(clips)
    b = Builder()
    detector_nodes(b, detector, b.input("features", np.float64, ("batch", clips.shape[1])))
    assert b.named == ["members", "views"]
    found = run(b.graph(), {"features": clips[:3]}, ["members", "views"])
    n_pairs = len(detector.members_) // 2
    assert found["members"].shape == (3, 2 * n_pairs + 2)
    assert found["views"].shape == (3, detector.view_scale_.shape[1])


@pytest.mark.parametrize("parts", [{}, {"bands": 8, "levels": 1}], ids=str)
def test_a_join_that_remembers_too_much_is_refused_with_what_would_do(parts: dict[str, Any]) -> None:
    detector = create("fused", folds=3, **parts).fit(_clips(20))
    for member in detector.members_:  # type: ignore[attr-defined]
        member.clips_ = np.broadcast_to(0.0, (2048, 2048))
    b = Builder()
    with pytest.raises(ExportError, match=r"'fused' remembers 2,048 clips of .*MiB: export fewer with --memory \d+"):
        detector_nodes(b, detector, b.input("features", np.float64, ("batch", 32)))
