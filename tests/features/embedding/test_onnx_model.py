from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.errors import AudioError, DataError, MissingExtraError, OffkeyError, ParameterError
from offkey.features import create, restore
from offkey.features.embedding.patches import Patches, log_mel_patches

onnx = pytest.importorskip("onnx")


def _weights(path: Path) -> dict[str, np.ndarray]:
    held = onnx.load(str(path)).graph.initializer
    return {one.name: onnx.numpy_helper.to_array(one) for one in held}


def _front_end(path: Path, **params):
    return create(f"onnx:{path}", **params)


@pytest.fixture
def own(yamnet_folder: Path, tmp_path: Path) -> Path:
    """A copy of the patch form, to be changed."""
    return Path(shutil.copy(yamnet_folder / "patches.onnx", tmp_path / "own.onnx"))


def test_a_waveform_file_gives_its_embeddings_averaged(yamnet_folder: Path, hum) -> None:
    sound = hum(1, seconds=2.5)
    held = _weights(yamnet_folder / "waveform.onnx")
    starts = range(0, len(sound) - 15_600 + 1, 7_680)
    framed = np.array([sound[start : start + 15_600] for start in starts])
    expected = (framed @ held["long"][:, 0].T @ held["dense"].T).mean(axis=0)
    vector = _front_end(yamnet_folder / "waveform.onnx").vector(sound, 16_000)
    assert vector.shape == (1024,)
    np.testing.assert_allclose(vector, expected, atol=1e-4)


def test_a_patch_file_gets_yamnets_patches(yamnet_folder: Path, hum) -> None:
    sound = hum(1, seconds=2.0)
    held = _weights(yamnet_folder / "patches.onnx")
    patches = log_mel_patches(sound, 16_000, Patches())
    seen = np.lib.stride_tricks.sliding_window_view(patches, (3, 3), axis=(1, 2))[:, ::4, ::4]
    maps = np.maximum(np.einsum("ntbij,cij->nctb", seen, held["first"][:, 0]), 0)
    path = yamnet_folder / "patches.onnx"
    pooled = maps.mean(axis=(2, 3)) @ held["dense"].T
    np.testing.assert_allclose(_front_end(path).vector(sound, 16_000), pooled.mean(axis=0), rtol=1e-4, atol=1e-5)
    inner = _front_end(path, layer="relu1", pooling=[1.0, 0.0], keep_bands=True).vector(sound, 16_000)
    over_time = maps.transpose(1, 3, 0, 2).reshape(8 * maps.shape[3], -1)
    np.testing.assert_allclose(inner, [*over_time.mean(axis=1), *over_time.max(axis=1)], rtol=1e-4, atol=1e-5)
    averaged = _front_end(path, layer="relu1").vector(sound, 16_000)
    np.testing.assert_allclose(averaged, maps.mean(axis=(0, 2, 3)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("shape", "over"),
    [
        (["n", 96, 64], [1]),
        (["n", 1, 96, 64], [1, 2]),
        (["n", 96, 64, 1], [1, 3]),
        (["n", 64, 96], [2]),
        (["n", 1, 64, 96], [1, 3]),
        ([1, 64, 96, 1], [2, 3]),
        ([96, 64], [0]),
    ],
)
def test_patches_come_in_whatever_order_the_input_has(tmp_path: Path, hum, shape: list, over: list[int]) -> None:
    node = onnx.helper.make_node("ReduceMean", ["mel"], ["levels"], axes=over, keepdims=0)
    given = onnx.helper.make_tensor_value_info("mel", 1, shape)
    levels = onnx.helper.make_tensor_value_info("levels", 1, ["n", 64] if len(shape) > 2 else [64])
    graph = onnx.helper.make_graph([node], "mean", [given], [levels])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(tmp_path / "mean.onnx"))
    patches = log_mel_patches(hum(seconds=2.0), 16_000, Patches())
    vector = _front_end(tmp_path / "mean.onnx").vector(hum(seconds=2.0), 16_000)
    np.testing.assert_allclose(vector, patches.mean(axis=(0, 1)), rtol=1e-4, atol=1e-4)


def test_a_waveform_of_fixed_length_is_cut_into_overlapping_pieces(yamnet_folder: Path, hum) -> None:
    sound = hum(1, seconds=2.5)
    fixed = _front_end(yamnet_folder / "fixed.onnx", hop_s=0.48).vector(sound, 16_000)
    whole = _front_end(yamnet_folder / "waveform.onnx").vector(sound, 16_000)
    np.testing.assert_allclose(fixed, whole, atol=1e-4)
    with pytest.raises(ParameterError, match="takes 15600 samples at a time, but 'window_s' gives 8000"):
        _front_end(yamnet_folder / "fixed.onnx", window_s=0.5).vector(sound, 16_000)


def test_kept_bands_are_the_groups_of_the_subband_density(own: Path, normal_folder: Path, hum) -> None:
    assert _front_end(own).detector_params() == {}
    assert _front_end(own, layer="relu1").detector_params() == {}
    assert _front_end(own, layer="relu1", keep_bands=True).detector_params() == {"frequency_patches": 16}
    own.with_suffix(".toml").write_text('layer = "relu1"\nkeep_bands = true\n')
    assert _front_end(own).detector_params() == {"frequency_patches": 16}
    model = offkey.fit(normal_folder, features=f"onnx:{own}", detector="subband_density")
    assert model.detector.radius_.shape[0] == 16
    assert model.score(hum(50, tone_hz=3000), rate=16_000).score > model.score(hum(51), rate=16_000).score
    assert _front_end(own.with_name("nowhere.onnx")).detector_params() == {}


def test_sound_of_another_rate_is_resampled(yamnet_folder: Path, hum) -> None:
    t = np.arange(3 * 48_000) / 48_000
    tone = (0.1 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    vectors = [
        _front_end(yamnet_folder / "patches.onnx").vector(np.ascontiguousarray(sound), rate)
        for sound, rate in ((tone[::3], 16_000), (tone, 48_000))
    ]
    assert np.abs(vectors[0] - vectors[1]).max() < 0.02 * np.abs(vectors[0]).max()


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_the_shortest_clip_gives_one_patch(yamnet_folder: Path, hum, rate: int) -> None:
    front_end = _front_end(yamnet_folder / "patches.onnx")
    fewest = front_end.min_samples(rate)
    assert fewest == pytest.approx(0.975 * rate, abs=2)
    assert np.isfinite(front_end.vector(hum(rate=rate)[:fewest], rate)).all()


def test_threads_share_one_session(yamnet_folder: Path, hum) -> None:
    front_end = _front_end(yamnet_folder / "patches.onnx")
    sounds = [hum(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda sound: front_end.vector(sound, 16_000), sounds))
    alone = [_front_end(yamnet_folder / "patches.onnx").vector(sound, 16_000) for sound in sounds]
    np.testing.assert_array_equal(together, alone)


def test_the_description_beside_the_file_is_read_and_options_count_more(own: Path, hum) -> None:
    own.with_suffix(".toml").write_text(
        'layer = "relu1"\npooling = [1.0, 0.5]\nkeep_bands = true\nlicence = "Apache-2.0"\n[patches]\nhop_frames = 96\n'
    )
    front_end = _front_end(own, pooling=[1.0])
    vector = front_end.vector(hum(seconds=2.5), 16_000)
    same = _front_end(own, layer="relu1", keep_bands=True)
    assert vector.shape == (8 * 16,)
    assert front_end.about()["licence"] == "Apache-2.0"
    assert front_end.about()["patches"]["hop_frames"] == 96
    assert same.vector(hum(seconds=2.5), 16_000).shape == (2 * 8 * 16,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rate = 7", "field 'rate' is wrong: Input should be greater than or equal to 1000. Got 7"),
        ("layers = 'x'", "field 'layers' is wrong: Extra inputs are not permitted"),
        ("rate = = 7", "own.toml is no TOML file"),
        (
            "[patches]\nn_mels = 32",
            r"shape \[None, 96, 64\], which is neither a waveform nor patches of 96 frames and 32",
        ),
        ("axes = 'nt'", None),
        ("axes = 'ntd'", r"'axes' of an output of shape \(1, 1024\) must be 2 different letters"),
    ],
)
def test_what_is_wrong_with_a_description_is_said(own: Path, hum, text: str, words: str | None) -> None:
    own.with_suffix(".toml").write_text(text)
    if words is None:
        assert _front_end(own).vector(hum(), 16_000).shape == (1,)
        return
    with pytest.raises(OffkeyError, match=words):
        _front_end(own).vector(hum(), 16_000)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"layer": "relu2"}, "own.onnx has no tensor 'relu2': its 8 tensors include relu1"),
        ({"rate": 8000}, "between 0 and 4000 Hz"),
        ({"input": "waveform"}, "cannot be run on an input of shape"),
    ],
)
def test_what_is_wrong_with_an_option_is_said(own: Path, hum, params: dict, words: str) -> None:
    with pytest.raises(OffkeyError, match=words):
        _front_end(own, **params).vector(hum(), 16_000)


def test_a_file_that_is_none_is_named(tmp_path: Path, hum) -> None:
    with pytest.raises(ParameterError, match=r"The front end 'onnx' misses its argument: write onnx:FILE"):
        create("onnx")
    with pytest.raises(
        DataError, match=r"nowhere\.onnx does not exist: put it there, or into the folder .* OFFKEY_MODELS"
    ):
        _front_end(tmp_path / "nowhere.onnx").vector(hum(), 16_000)
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(DataError, match=r"text\.onnx is no ONNX file that can be used"):
        _front_end(tmp_path / "text.onnx").vector(hum(), 16_000)


def test_several_outputs_must_be_told_apart(own: Path, hum) -> None:
    model = onnx.load(str(own))
    model.graph.output.pop()
    model.graph.output.append(onnx.helper.make_tensor_value_info("logits", 1, ["n", 521]))
    onnx.save(model, str(own))
    with pytest.raises(ParameterError, match=r"several outputs: name one .* 'layer': Identity \['n', 521\], logits"):
        _front_end(own).vector(hum(), 16_000)
    assert _front_end(own, layer="logits").vector(hum(), 16_000).shape == (521,)


def test_a_model_needs_its_onnx_file_no_more(own: Path, normal_folder: Path, hum, tmp_path: Path, monkeypatch) -> None:
    model = offkey.fit(normal_folder, features=f"onnx:{own}", features_params={"layer": "relu1"}, detector="knn")
    model.save(tmp_path / "m.offkey")
    own.unlink()
    monkeypatch.setitem(sys.modules, "onnx", None)
    loaded = offkey.load(tmp_path / "m.offkey")
    assert loaded.score(hum(50), rate=16_000).score == model.score(hum(50), rate=16_000).score
    assert loaded.front_end.about()["layer"] == "relu1"
    assert len(loaded.front_end.model_) < 4_000  # what leads to the layer, without the dense layers behind it
    report_anomalous = loaded.score(hum(50, tone_hz=3000), rate=16_000)
    assert report_anomalous.score > loaded.score(hum(51), rate=16_000).score


def test_a_model_fitted_on_vectors_made_elsewhere_holds_the_graph_too(own: Path, hum) -> None:
    state = _front_end(own).state()  # as of a front end that was only named, while others heard the clips
    assert {"model_", "sha256_", "description_"} == set(state["learnt"])
    restored = restore(state)
    own.unlink()
    assert set(restored.state()["learnt"]) == set(state["learnt"])
    assert "_network" not in vars(restored)  # what is learnt already needs no network to be saved again
    assert restored.vector(hum(), 16_000).shape == (1024,)


def test_a_graph_too_large_to_be_kept_is_known_again(own: Path, hum, tmp_path, monkeypatch) -> None:
    front_end = _front_end(own, keep_mb=0.0)
    vector = front_end.vector(hum(), 16_000)
    state = front_end.state()
    assert set(state["learnt"]) == {"sha256_", "description_"}
    np.testing.assert_array_equal(restore(state).vector(hum(), 16_000), vector)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(own, moved / own.name)
    with pytest.raises(DataError, match="does not exist"):
        restore(state).vector(hum(), 16_000)
    monkeypatch.setenv("OFFKEY_MODELS", str(moved))
    np.testing.assert_array_equal(restore(state).vector(hum(), 16_000), vector)
    with (moved / own.name).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(DataError, match="is not the file that the model was fitted with: expected SHA-256"):
        restore(state).vector(hum(), 16_000)


def test_tensors_in_files_of_their_own_come_along(own: Path, hum) -> None:
    vector = _front_end(own).vector(hum(), 16_000)
    before = _front_end(own).about()["sha256"]
    onnx.save(onnx.load(str(own)), str(own), save_as_external_data=True, location="own.onnx.data", size_threshold=0)
    front_end = _front_end(own)
    np.testing.assert_array_equal(front_end.vector(hum(), 16_000), vector)
    assert front_end.about()["sha256"] != before
    restored = restore(front_end.state())
    (own.parent / "own.onnx.data").unlink()
    np.testing.assert_array_equal(restored.vector(hum(), 16_000), vector)


def test_a_clip_too_short_for_the_graph_costs_its_own_row(yamnet_folder: Path, hum) -> None:
    with pytest.raises(AudioError, match=r"waveform\.onnx cannot be run on an input of shape \(8000,\): "):
        _front_end(yamnet_folder / "waveform.onnx").vector(hum()[:8000], 16_000)


def test_another_file_of_the_same_name_is_another_front_end(own: Path, yamnet_folder: Path) -> None:
    before = _front_end(own).about()
    shutil.copy(yamnet_folder / "waveform.onnx", own)
    assert _front_end(own).about() != before


@pytest.mark.parametrize("module", ["onnx", "onnxruntime"])
def test_without_the_extra_it_is_named(own: Path, hum, monkeypatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    front_end = _front_end(own)
    with pytest.raises(
        MissingExtraError, match=rf"needs {module}, which is not installed: pip install 'offkey\[onnx\]'"
    ):
        front_end.vector(hum(), 16_000)
    assert create("logmel").vector(hum(), 16_000).size > 0  # all else works


def test_it_costs_nothing_before_the_first_vector() -> None:
    made = "create('onnx:x.onnx'), create('hub:acme/ears')"
    heavy = "{'onnx', 'onnxruntime', 'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)"
    code = f"import sys; from offkey.features import create; {made}; print(*({heavy}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
