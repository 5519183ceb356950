from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.learned.reference import by_onnx_runtime

from offkey.errors import AudioError, ModelFileError, NotFittedError, ParameterError
from offkey.features import create, restore
from offkey.features.front_end_file import load_front_end, save_front_end
from offkey.features.learning import TrainingClip
from offkey.learned.discriminative.front_end import Discriminative

torch = pytest.importorskip("torch", reason="the extra torch is not installed")

SMALL = {
    "rate": 4000,
    "seconds": 0.5,
    "resolutions": (0.064, 0.128),
    "width": 1,
    "n_dims": 8,
    "epochs": 3,
    "batch_size": 8,
}


def _stage(_name: str, _steps: int):
    return lambda: None


def _trained(
    clips: list[TrainingClip], folder: Path | None = None, rate: int = 16_000, **params: object
) -> Discriminative:
    front_end = create("discriminative", **{**SMALL, **params})
    assert isinstance(front_end, Discriminative)
    assert front_end.learns
    front_end.learn(clips, rate, jobs=1, folder=folder, stage=_stage)
    assert not front_end.learns
    return front_end


@pytest.fixture(scope="module")
def trained(two_machines: list[TrainingClip]) -> Discriminative:
    return _trained(two_machines, epochs=20, learning_rate=0.01)


def test_it_learns_to_tell_machines_apart(trained: Discriminative, make_clip) -> None:
    assert trained.about_["classes"] == {"a 00": 24, "b 00": 24}
    losses = trained.about_["training"]["train_loss"]
    assert losses[-1] < 0.85 * losses[0]
    vectors = np.array([trained.vector(*_sound(make_clip(100 + k, "ab"[k % 2]))) for k in range(6)])
    cosines = vectors @ vectors.T
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert cosines[0, [2, 4]].min() > cosines[0, [1, 3, 5]].max()


def test_numpy_gives_what_onnx_runtime_gives(trained: Discriminative, make_clip) -> None:
    sound, rate = _sound(make_clip(7, "b"))
    trained.vector(sound, rate)
    inputs = trained._inputs(sound[: trained._inputs.length])
    networks, states = trained._networks, trained.networks_
    assert networks is not None
    assert states is not None
    assert len(networks) == len(inputs) == 3
    for network, state, values in zip(networks, states, inputs, strict=True):
        np.testing.assert_allclose(network(values[None]), by_onnx_runtime(state, values[None]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "params",
    [
        {"loss": "adaproj", "subspace": 4},
        {"loss": "adaproj", "subspace": 4, "trainable": False, "mixup": 1.0},
        {"trainable": False, "mask": 0.2},
        {"exchange": 0.5, "sub_clusters": 2, "mixup": 0.0},
    ],
)
def test_every_way_of_training_learns(two_machines: list[TrainingClip], params: dict) -> None:
    losses = _trained(two_machines, **params, epochs=6).about_["training"]["train_loss"]
    assert losses[-1] < 0.95 * losses[0]


def test_the_seed_decides_and_an_interrupted_training_goes_on(two_machines: list[TrainingClip], tmp_path: Path) -> None:
    whole = _trained(two_machines)
    assert _trained(two_machines, seed=1).about() != whole.about()
    broken = create("discriminative", **SMALL)
    steps: list[int] = []

    def stage(name: str, _steps: int):
        def step() -> None:
            steps.append(1)
            if name == "Training" and len(steps) > 25:
                raise KeyboardInterrupt

        return step

    with pytest.raises(KeyboardInterrupt):
        broken.learn(two_machines, 16_000, jobs=1, folder=tmp_path, stage=stage)
    deaf = [TrainingClip(clip.name, clip.key, list, clip.origin) for clip in two_machines]
    resumed = _trained(deaf, tmp_path)
    assert resumed.about_["training"]["resumed_at"] == 2
    assert resumed.about() == whole.about()


def test_a_file_gives_the_same_vectors_without_torch(
    trained: Discriminative, make_clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.offkeynet"
    save_front_end(trained, path)
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    front_end = create(f"discriminative:{path}")
    assert not front_end.learns
    sound, rate = _sound(make_clip(3))
    np.testing.assert_array_equal(front_end.vector(sound, rate), trained.vector(sound, rate))
    assert front_end.about() == trained.about() != {}
    assert "separates 2 classes, trained on 48 pieces" in front_end.notes()[0]
    path.unlink()
    np.testing.assert_array_equal(restore(front_end.state()).vector(sound, rate), trained.vector(sound, rate))


def test_sound_of_other_rates_and_lengths(trained: Discriminative, hum, make_clip) -> None:
    at_16, at_48 = (trained.vector(_tones(rate), rate) for rate in (16_000, 48_000))
    assert float(at_16 @ at_48) > 0.99
    at_16 = trained.vector(hum(5), 16_000)
    np.testing.assert_allclose(trained.vector(np.tile(hum(5), 3), 16_000), at_16, atol=1e-2)
    low = _trained([make_clip(k, "ab"[k % 2], seconds=0.1) for k in range(8)], rate=2_000, epochs=1)
    assert low.about_["inputs"]["rate"] == 2000
    assert low.about_["classes"] == {"a 00": 4, "b 00": 4}
    high = _trained([make_clip(k, "ab"[k % 2], seconds=1.2) for k in range(8)], rate=16_000, epochs=1)
    assert high.about_["inputs"]["rate"] == 4000
    assert high.about_["classes"] == {"a 00": 8, "b 00": 8}


def test_what_cannot_be_is_said_in_one_sentence(trained: Discriminative, hum, tmp_path: Path) -> None:
    with pytest.raises(NotFittedError, match="has learnt nothing yet: train it with 'offkey embed'"):
        create("discriminative").vector(hum(0), 16_000)
    with pytest.raises(ModelFileError, match=r"none\.offkeynet cannot be read"):
        create("discriminative", network=str(tmp_path / "none.offkeynet")).vector(hum(0), 16_000)
    save_front_end(create("mfcc"), tmp_path / "mfcc.offkeynet")
    assert load_front_end(tmp_path / "mfcc.offkeynet").name == "mfcc"
    with pytest.raises(ParameterError, match="holds a front end 'mfcc', expected 'discriminative'"):
        create("discriminative", network=str(tmp_path / "mfcc.offkeynet")).about()
    with pytest.raises(ParameterError, match=r"windows of no more than 'seconds', 0\.1\. Got 0\.128"):
        _trained([], seconds=0.1)
    with pytest.raises(AudioError, match="expected at least 4 that can be used, got 0"):
        _trained([])
    with pytest.raises(ParameterError, match="'loss' parameter of 'discriminative' must be one of 'adacos', 'adaproj'"):
        create("discriminative", loss="arcface")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_cpu_and_gpu_agree(two_machines: list[TrainingClip], monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for device in ("cpu", "cuda"):
        monkeypatch.setenv("OFFKEY_DEVICE", device)
        found.append(_trained(two_machines, mixup=0.0, epochs=2).about_["training"])
    cpu, gpu = found
    assert gpu["device"].startswith("cuda")
    assert gpu["train_loss"] == pytest.approx(cpu["train_loss"], rel=0.05)


def _sound(clip: TrainingClip) -> tuple[np.ndarray, int]:
    return next(iter(clip.sounds())), 16_000


def _tones(rate: int) -> np.ndarray:
    t = np.arange(rate) / rate
    return (0.1 * np.sin(2 * np.pi * 400 * t) + 0.05 * np.sin(2 * np.pi * 1100 * t)).astype(np.float32)
