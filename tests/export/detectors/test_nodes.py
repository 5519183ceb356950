"""Detectors that have a graph, and those that have none."""

from __future__ import annotations

import numpy as np
import pytest

from offkey.detectors import create
from offkey.detectors.fused_earlier import EarlierFused
from offkey.errors import ExportError
from offkey.export.detectors import detector_nodes
from offkey.graph import Builder


def test_a_detector_without_a_graph_is_refused_in_a_sentence() -> None:
    detector, b = create("zero_shot", model="laion/clap-htsat-unfused"), Builder()
    with pytest.raises(ExportError, match=r"'zero_shot' cannot be exported.*such as 'fused'"):
        detector_nodes(b, detector, b.input("features", np.float64, ("batch", 4)))


def test_a_join_of_an_earlier_version_is_refused_with_its_own_sentence() -> None:
    b, earlier = Builder(), EarlierFused()
    with pytest.raises(ExportError, match=r"'fused' of an earlier version cannot be exported.*: fit it again"):
        detector_nodes(b, earlier, b.input("features", np.float64, ("batch", 4)))


@pytest.mark.parametrize(
    ("name", "clips", "features", "hint"),
    [
        ("knn", 2048, 8192, "export fewer with --memory 512"),
        ("band_agreement", 2048, 8192, "fit it on 512 clips or fewer"),
        ("knn", 20, 1 << 19, "fit it on fewer features"),
    ],
)
def test_more_than_32_mib_of_clips_are_refused_with_what_would_do(
    name: str, clips: int, features: int, hint: str
) -> None:
    detector, b = create(name), Builder()
    vars(detector).update(clips_=np.broadcast_to(0.0, (clips, features)), n_features_=features)
    with pytest.raises(ExportError, match=f"'{name}' remembers {clips:,} clips of {features:,} numbers.*: {hint}"):
        detector_nodes(b, detector, b.input("features", np.float64, ("batch", features)))


def test_32_mib_of_clips_go() -> None:
    detector, b = create("knn"), Builder()
    vars(detector).update(clips_=np.broadcast_to(0.0, (512, 8192)), n_features_=8192)
    assert detector_nodes(b, detector, b.input("features", np.float64, ("batch", 8192)))
