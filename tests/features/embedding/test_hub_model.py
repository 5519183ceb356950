from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.errors import AudioError, DataError, MissingExtraError, OffkeyError, ParameterError, UsageError
from offkey.features import create, restore
from offkey.features.embedding import hub_network

transformers = pytest.importorskip("transformers", reason="the extra hub is not installed")
import torch  # noqa: E402


def _ast(folder: Path, sound: np.ndarray, layer: int = -1) -> np.ndarray:
    """Hidden state of the small AST for one clip, asked of transformers itself, shape (n_tokens, 16)."""
    extractor = transformers.AutoFeatureExtractor.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        asked = model(**extractor(sound, sampling_rate=16_000, return_tensors="pt"), output_hidden_states=True)
    return (asked.last_hidden_state if layer == -1 else asked.hidden_states[layer])[0].numpy()


def test_a_transformer_of_patches_is_averaged_over_its_patches(hub_folder: Path, hum) -> None:
    vector = create(f"hub:{hub_folder / 'ast'}").vector(hum(), 16_000)
    tokens = _ast(hub_folder / "ast", hum())
    assert vector.shape == (16,)
    np.testing.assert_allclose(vector, tokens[2:].mean(axis=0), rtol=1e-4, atol=1e-5)


def test_layers_are_chosen_and_bands_kept(hub_folder: Path, hum) -> None:
    vector = create(f"hub:{hub_folder / 'ast'}", layer=1, keep_bands=True).vector(hum(), 16_000)
    tokens = _ast(hub_folder / "ast", hum(), layer=1)
    patches = tokens[2:].reshape(2, 8, 16)  # band, time, dimension: AST's convolution goes along time first
    np.testing.assert_allclose(vector, patches.mean(axis=1).T.reshape(-1), rtol=1e-4, atol=1e-5)
    assert create(f"hub:{hub_folder / 'ast'}", layer=1, keep_bands=True).detector_params() == {"frequency_patches": 2}
    low = np.zeros((128, 32), np.float32)
    model = transformers.AutoModel.from_pretrained(hub_folder / "ast").eval()
    with torch.inference_mode():
        silent, sounding = (model.embeddings(torch.tensor(one)[None])[0, 2:].numpy() for one in (low, _low_band(low)))
    changed = np.abs(sounding - silent).max(axis=1).reshape(2, 8) > 1e-6
    assert changed.all(axis=1).tolist() == [True, False]  # the first half of the tokens is the lower band


def _low_band(spectrum: np.ndarray) -> np.ndarray:
    changed = spectrum.copy()
    changed[:, :16] = 1
    return changed


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_maps_of_clap_are_unfolded_in_time(hub_folder: Path, hum, layer: int) -> None:
    plain = create(f"hub:{hub_folder / 'clap'}", layer=layer, pooling=[1.0]).vector(hum(), 16_000)
    kept = create(f"hub:{hub_folder / 'clap'}", layer=layer, keep_bands=True).vector(hum(), 16_000)
    n_dims = (8, 16, 32)[layer]
    assert plain.shape == (n_dims,)
    np.testing.assert_allclose(kept.reshape(n_dims, -1).mean(axis=1), plain, rtol=1e-4, atol=1e-5)
    assert kept.size == n_dims * (16 >> (2 + layer))  # 16 mel bands, four of them a patch, halved by each stage


def test_clap_gives_the_embedding_that_it_compares_with_text(hub_folder: Path, hum) -> None:
    front_end = create(f"hub:{hub_folder / 'clap'}")
    vector = front_end.vector(hum(), 16_000)
    assert vector.shape == (12,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    long = np.concatenate([hum(1, seconds=2.0), hum(2, seconds=2.0)])
    halves = [front_end.vector(half, 16_000) for half in (long[:32_000], long[32_000:])]
    np.testing.assert_allclose(front_end.vector(long, 16_000), np.mean(halves, axis=0), atol=1e-6)


def test_other_architectures_are_asked_likewise(tmp_path: Path, hum) -> None:
    size = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    convolved = {"conv_dim": (8, 8), "conv_kernel": (10, 8), "conv_stride": (5, 4), "num_conv_pos_embeddings": 4}
    config = transformers.Wav2Vec2Config(**size, **convolved, num_conv_pos_embedding_groups=2)
    transformers.Wav2Vec2Model(config).save_pretrained(tmp_path / "wav2vec2")
    transformers.Wav2Vec2FeatureExtractor().save_pretrained(tmp_path / "wav2vec2")
    front_end = create(f"hub:{tmp_path / 'wav2vec2'}", layer=1, pooling=[1.0, 0.5], deviation=True)
    assert front_end.vector(hum(seconds=0.3), 16_000).shape == (48,)
    with pytest.raises(ParameterError, match=r"have no bands that are known: say how many in 'token_bands'"):
        create(f"hub:{tmp_path / 'wav2vec2'}", keep_bands=True).vector(hum(), 16_000)
    assert create(f"hub:{tmp_path / 'wav2vec2'}", keep_bands=True, token_bands=4).vector(hum(), 16_000).shape == (64,)
    sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2}
    width = {
        "d_model": 16,
        "encoder_ffn_dim": 32,
        "decoder_ffn_dim": 32,
        "num_mel_bins": 16,
        "max_source_positions": 100,
    }
    small = {"vocab_size": 20, "pad_token_id": 1, "bos_token_id": 2, "eos_token_id": 3, "decoder_start_token_id": 2}
    transformers.WhisperModel(transformers.WhisperConfig(**sizes, **width, **small)).save_pretrained(
        tmp_path / "whisper"
    )
    heard = transformers.WhisperFeatureExtractor(feature_size=16, chunk_length=2)
    heard.save_pretrained(tmp_path / "whisper")
    whisper = create(f"hub:{tmp_path / 'whisper'}")
    assert whisper.network()(hum()).shape == (16, 1, 50)  # half of the two seconds, the rest being silence
    assert whisper.vector(hum(), 16_000).shape == (16,)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"layer": 3}, r"The 'layer' of .*ast must be from -3 to 2\. Got 3\."),
        ({"window_s": 5.0}, r"hears 1\.28 s at most\. Got a 'window_s' of 5 instead"),
        ({"device": "cuda"}, "The device 'cuda' cannot be used"),
    ],
)
def test_what_is_wrong_with_an_option_is_said(hub_folder: Path, hum, params: dict, words: str) -> None:
    if params.get("device") == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(OffkeyError, match=words):
        create(f"hub:{hub_folder / 'ast'}", **params).vector(hum(), 16_000)


def test_a_model_that_cannot_be_loaded_is_named(hub_folder: Path, tmp_path: Path, hum) -> None:
    broken = shutil.copytree(hub_folder / "ast", tmp_path / "broken")
    config = json.loads((broken / "config.json").read_text())
    (broken / "config.json").write_text(json.dumps({**config, "model_type": "ears"}))
    with pytest.raises(
        DataError, match=rf"transformers {transformers.__version__} cannot load the model in .*broken: "
    ):
        create(f"hub:{broken}").vector(hum(), 16_000)
    other = shutil.copytree(hub_folder / "ast", tmp_path / "other")
    shutil.copy(hub_folder / "clap" / "model.safetensors", other)
    with pytest.raises(DataError, match=r"The weights in .*other do not fit the architecture: \d+ of \d+ are missing"):
        create(f"hub:{other}").vector(hum(), 16_000)


def test_a_model_file_holds_names_and_digests_and_refuses_other_weights(
    hub_folder: Path, tmp_path: Path, normal_folder: Path, hum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(hub_folder / "ast", "ears")
    model = offkey.fit(normal_folder, features="hub:./ears", features_params={"layer": 1}, detector="knn")
    assert any("under the licence bsd-3-clause: see that it allows" in note for note in model.fitted_on.notes)
    model.save("m.offkey")
    state = model.front_end.state()["learnt"]
    assert set(state) == {"revision_", "licence_", "digest_", "code_"}
    loaded = offkey.load("m.offkey")
    assert loaded.score(hum(50), rate=16_000) == model.score(hum(50), rate=16_000)
    assert loaded.front_end.about()["licence"] == "bsd-3-clause"
    config = json.loads(Path("ears/config.json").read_text())
    Path("ears/config.json").write_text(json.dumps({**config, "initializer_range": 0.5}))
    with pytest.raises(DataError, match=r"The model in ears is not the one that was fitted with: expected SHA-256"):
        offkey.load("m.offkey").score(hum(50), rate=16_000)
    shutil.rmtree("ears")
    with pytest.raises(DataError, match=r"There is no folder \./ears"):
        offkey.load("m.offkey").score(hum(50), rate=16_000)


def test_a_fit_is_pinned_to_the_commit_that_the_hub_had(hub, hub_folder: Path, hum) -> None:
    shutil.rmtree(hub.folder)
    shutil.copytree(hub_folder / "ast", hub.folder)
    (hub.place / "normal").mkdir()
    for number in range(6):
        soundfile.write(hub.place / "normal" / f"{number}.wav", hum(number), 16_000)
    fitted = hub.run(
        "-m", "offkey", "fit", "normal", "--features", "hub:acme/ears", "--detector", "knn", "--model", "m.offkey"
    )
    assert fitted.returncode == 0, fitted.stderr
    assert "note: The embedding is that of acme/ears at revision" in fitted.stderr
    assert "under the licence bsd-3-clause" in fitted.stderr
    assert "Loading weights" not in fitted.stderr
    about = offkey.load(hub.place / "m.offkey").front_end.about()
    assert about["revision"] == Path(hub.resolve("acme/ears", about["revision"], offline=True).split("|")[0]).name
    assert (hub.place / "m.offkey").stat().st_size < (hub_folder / "ast" / "model.safetensors").stat().st_size


def test_own_code_runs_only_where_it_is_allowed(hub_folder: Path, tmp_path: Path, hum, monkeypatch) -> None:
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    ears = shutil.copytree(hub_folder / "ast", tmp_path / "ears")
    (ears / "ears.py").write_text(
        "from transformers import ASTConfig, ASTModel\n"
        "class EarsConfig(ASTConfig):\n    model_type = 'ears'\n"
        "class Ears(ASTModel):\n    config_class = EarsConfig\n"
        "    def forward(self, input_values):\n        return {'logits': super().forward(input_values).pooler_output}\n"
    )
    code: dict = {"__name__": "ears"}
    exec((ears / "ears.py").read_text(), code)  # noqa: S102 - written above
    size = json.loads((ears / "config.json").read_text())
    code["Ears"](code["EarsConfig"](**{**size, "model_type": "ears"})).save_pretrained(ears)
    named = {"AutoConfig": "ears.EarsConfig", "AutoModel": "ears.Ears"}
    config = json.loads((ears / "config.json").read_text())
    (ears / "config.json").write_text(json.dumps({**config, "auto_map": named}))
    with pytest.raises(UsageError, match="brings its own code"):
        create(f"hub:{ears}").vector(hum(), 16_000)
    assert create(f"hub:{ears}", trust_remote_code=True).vector(hum(), 16_000).shape == (16,)


def test_torch_keeps_to_one_thread_meanwhile(hub_folder: Path, hum, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = hub_network._last
    monkeypatch.setattr(hub_network, "_last", lambda *given: seen.append(torch.get_num_threads()) or real(*given))
    before = torch.get_num_threads()
    create(f"hub:{hub_folder / 'ast'}").vector(hum(), 16_000)
    assert seen == [1]
    assert torch.get_num_threads() == before


def test_a_clip_that_the_model_cannot_take_costs_its_own_row(hub_folder: Path, hum, monkeypatch) -> None:
    front_end = create(f"hub:{hub_folder / 'ast'}")

    def failing(*_: object) -> None:
        raise RuntimeError("sizes do not match\nhere")

    monkeypatch.setattr(hub_network, "_last", failing)
    with pytest.raises(AudioError, match=r"ast cannot take 16000 samples: sizes do not match here\."):
        front_end.vector(hum(), 16_000)


@pytest.mark.parametrize("module", ["torch", "transformers"])
def test_without_the_extra_it_is_named(hub_folder: Path, hum, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    hub_network.load.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"'hub' needs {module}, .*: pip install 'offkey\[hub\]' brings it"):
        create(f"hub:{hub_folder / 'ast'}").vector(hum(), 16_000)


def test_it_is_restored_from_what_it_learnt(hub_folder: Path, hum) -> None:
    front_end = create(f"hub:{hub_folder / 'ast'}")
    vector = front_end.vector(hum(), 16_000)
    state = front_end.state()
    np.testing.assert_array_equal(restore(state).vector(hum(), 16_000), vector)
    with pytest.raises(DataError, match="is not the one that was fitted with"):
        restore({**state, "learnt": {**state["learnt"], "digest_": "0"}}).vector(hum(), 16_000)
