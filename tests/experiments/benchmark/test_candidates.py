from __future__ import annotations

import pytest

from offkey.errors import ParameterError, UsageError
from offkey.experiments.benchmark.candidates import candidates
from offkey.experiments.candidate import Candidate


def test_every_combination_comes_once() -> None:
    found = candidates(["gmm", "knn", "gmm"], ["logmel", "mfcc"], [1, 0, 1])
    assert [one.name for one in found] == [
        f"{front_end}-{detector}-seed{seed}"
        for front_end in ("logmel", "mfcc")
        for detector in ("gmm", "knn")
        for seed in (1, 0)
    ]


def test_the_default_is_one() -> None:
    assert candidates() == [Candidate("logmel", "fused", 0)]


def test_parameters_are_for_all_or_for_the_one_that_is_named() -> None:
    params = {"gmm.seed": 7, "n_neighbors": 3, "lof.n_neighbors": 5}
    with pytest.raises(UsageError, match=r"'gmm' has no parameter 'n_neighbors': .*; write 'knn\.n_neighbors' for"):
        candidates(["knn", "lof", "gmm"], detector_params=params)
    del params["gmm.seed"]
    found = candidates(
        ["knn", "lof"], ["logmel", "mfcc"], detector_params=params, features_params={"logmel.n_mels": 64}
    )
    by_name = {(one.features, one.detector): one for one in found}
    assert by_name["mfcc", "knn"].detector_params == {"n_neighbors": 3}
    assert by_name["mfcc", "lof"].detector_params == {"n_neighbors": 5}
    assert by_name["logmel", "lof"].features_params == {"n_mels": 64}
    assert by_name["mfcc", "lof"].features_params == {}
    assert by_name["logmel", "lof"].name == "logmel-n_mels=64-lof-n_neighbors=5-seed0"


def test_what_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UsageError, match=r"'gmm\.seed' is for a detector 'gmm', but there is only knn"):
        candidates(["knn"], detector_params={"gmm.seed": 1})
    with pytest.raises(UsageError, match="'knn' has no parameter 'neighbors': it has n_neighbors"):
        candidates(["knn"], detector_params={"neighbors": 1})
    with pytest.raises(ParameterError, match=r"'n_neighbors' parameter of 'knn' must be an int .* Got 0"):
        candidates(["knn"], detector_params={"n_neighbors": 0})
    with pytest.raises(ParameterError, match=r"There is no detector 'kmn': .* Did you mean 'knn'"):
        candidates(["kmn"])
    with pytest.raises(ParameterError, match="There is no front end 'mel'"):
        candidates(["knn"], ["mel"])
    with pytest.raises(UsageError, match=r"seed must be an int in the range \[0, inf\)\. Got -1"):
        candidates(["knn"], seeds=[-1])


def test_front_ends_with_an_argument_are_told_apart_by_it_and_named_together_without() -> None:
    names = ["onnx:one.onnx", "onnx:nets/two.onnx", "logmel"]
    given = {"onnx.layer": "conv", "onnx:one.onnx.keep_mb": 5, "logmel.n_mels": 64}
    one, two, mel = candidates(["knn"], names, features_params=given)
    assert one.features_params == {"layer": "conv", "keep_mb": 5}
    assert two.features_params == {"layer": "conv"}
    assert mel.features_params == {"n_mels": 64}
    assert Candidate("onnx:one.onnx", "knn").name == "onnx-one.onnx-knn-seed0"
    far, near = (Candidate(name, "knn").name for name in ("onnx:nets/two.onnx", "onnx:nets_two.onnx"))
    assert far.startswith("onnx-nets_two.onnx-knn-seed0-")
    assert far != near
