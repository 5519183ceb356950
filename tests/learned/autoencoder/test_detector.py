from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.learned.reference import by_onnx_runtime

from offkey.detectors import create
from offkey.detectors.checks import check_cross_validated, check_rows_alone, check_saved
from offkey.errors import MissingExtraError
from offkey.evaluation.metrics import auc
from offkey.learned.autoencoder.forms import FORMS
from offkey.learned.training.monitor import Monitor, monitored

QUICK: dict[str, Any] = {"frame_size": 8, "widths": [16, 16], "bottleneck": 3, "epochs": 12, "batch_size": 32}


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"distance": "mahalanobis"},
        {"form": "convolutional", "context": 8, "widths": [4, 6]},
    ],
)
def test_it_finds_a_band_that_leaves_the_others(sounds, params: dict[str, Any]) -> None:
    detector = create("autoencoder", **{**QUICK, **params}).fit(sounds(60))
    scores = detector.score(np.vstack([sounds(30, seed=1), sounds(30, seed=2, fault=8.0)]))
    assert auc(np.repeat([0, 1], 30), scores) > 0.95


def test_a_score_is_the_mean_squared_error_that_onnx_runtime_gives(sounds) -> None:
    detector = create("autoencoder", **QUICK).fit(sounds(30))
    new = sounds(6, seed=1, fault=3.0)
    for clip, score in zip(new, detector.score(new), strict=True):
        frames = (clip.reshape(40, 8) - detector.mean_) / detector.scale_
        inputs = np.stack([frames[at : at + 5].reshape(-1) for at in range(36)])
        errors = np.square(by_onnx_runtime(detector.network_, inputs) - inputs)
        assert score == pytest.approx(float(errors.mean()), rel=1e-5)


@pytest.mark.parametrize(
    ("params", "shape"),
    [({"frame_size": None}, (320, 1)), ({"context": 41}, (320, 1)), ({"frame_size": 7}, (320, 1)), ({}, (8, 5))],
)
def test_without_frames_enough_the_whole_vector_is_one_input(sounds, params: dict[str, Any], shape) -> None:
    detector = create("autoencoder", **{**QUICK, "epochs": 1, **params}).fit(sounds(30))
    assert detector.network().graph.inputs[0].shape == ("batch", shape[0] * shape[1])
    assert len(detector.mean_) == shape[0]


@pytest.mark.parametrize("check", [check_rows_alone, check_saved, check_cross_validated], ids=lambda f: f.__name__)
@pytest.mark.parametrize("form", FORMS)
def test_over_frames_it_keeps_what_every_detector_promises(form: str, check) -> None:
    params = {**QUICK, "form": form, "widths": [8], "frame_size": 4, "context": 2, "epochs": 20}
    check(lambda: create("autoencoder", **params))


def test_cross_validated_scores_are_those_of_new_normal_clips(sounds) -> None:
    new = sounds(200, seed=1)
    detector = create("autoencoder", **QUICK)
    held_out = detector.fit_scored(sounds(60), folds=10)  # 3 in truth
    share = (held_out[:, None] > detector.score(new)).mean()
    assert 0.25 < share < 0.75


def test_a_group_is_held_out_together(sounds) -> None:
    monitor = Monitor()
    X = np.repeat(sounds(20), 3, axis=0)  # every clip three times: scored beside its twins, it would be known
    with monitored(monitor):
        create("autoencoder", **QUICK).fit_scored(X, groups=np.repeat(np.arange(20), 3))
    assert [title for title, _ in monitor.histories] == [
        "Autoencoder, all clips",
        *(f"Autoencoder, fold {n}" for n in (1, 2, 3)),
    ]
    best, *folds = (history for _, history in monitor.histories)
    for fold, clips in zip(folds, (39, 39, 42), strict=True):  # of 60, and 54 learnt the first; groups of 3
        assert not fold.held_out_loss
        assert len(fold.train_loss) == round((best.best_epoch + 1) * 54 / clips)


def test_each_domain_has_its_own_covariance_and_is_not_moved(sounds) -> None:
    X = np.vstack([sounds(40), sounds(12, seed=1, offset=9.0)])
    detector = create("autoencoder", **QUICK, distance="mahalanobis")
    detector.fit(X, domains=np.repeat(["source", "target"], [40, 12]))
    assert detector.whiteners_.shape == (2, 8, 8)
    assert not hasattr(detector, "moves_")


def test_long_vectors_stay_in_single_precision(sounds) -> None:
    seen = []

    class Watched(type(create("autoencoder"))):  # type: ignore[misc]
        def _score(self, X):
            seen.append(X.dtype)
            return super()._score(X)

    Watched(**{**QUICK, "epochs": 1}).fit(sounds(20)).score(sounds(3))
    assert seen == [np.float32]


_HIDDEN = "import sys; sys.modules['torch'] = None; import numpy as np, offkey\nX = np.load({clips!r})\n"


def _without_torch(code: str, clips: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _HIDDEN.format(clips=str(clips)) + code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_without_torch_a_model_scores_and_a_fit_names_the_extra(sounds, tmp_path: Path) -> None:
    import offkey

    rng = np.random.default_rng(0)
    clips = 0.1 * rng.normal(size=(12, 8000)).astype(np.float32)
    np.save(tmp_path / "clips.npy", clips)
    params = {"widths": [8], "epochs": 2}
    options: dict[str, Any] = {"features": "frames", "features_params": {"n_mels": 16, "seconds": 0.5}}
    model = offkey.fit(list(clips), rate=16_000, detector="autoencoder", detector_params=params, **options)
    model.save(tmp_path / "m.offkey")
    said = _without_torch(
        f"print(repr(offkey.load({str(tmp_path / 'm.offkey')!r}).score(X[0], rate=16_000).score))",
        tmp_path / "clips.npy",
    )
    assert float(said) == pytest.approx(model.score(clips[0], rate=16_000).score, rel=1e-9)
    said = _without_torch(
        "try: offkey.fit(list(X), rate=16_000, detector='autoencoder')\n"
        "except offkey.errors.MissingExtraError as error: print(error)",
        tmp_path / "clips.npy",
    )
    assert "pip install 'offkey[torch]'" in said


def test_the_error_without_torch_is_one_sentence(sounds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"needs torch, which is not installed: pip install 'offkey\[torch\]'"):
        create("autoencoder", **QUICK).fit(sounds(20))
