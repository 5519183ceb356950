"""Models that bring their own code: small ones in the form of CED's and EAT's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from offkey.features import create

transformers = pytest.importorskip("transformers", reason="the extra hub is not installed")
import torch  # noqa: E402

_EAT = """
import torch
from transformers import PretrainedConfig, PreTrainedModel

class EATConfig(PretrainedConfig):
    model_type = "eat"

class EATModel(PreTrainedModel):
    config_class = EATConfig

    def __init__(self, config):
        super().__init__(config)
        self.embed = torch.nn.Conv2d(1, 8, 16, 16)
        self.first = torch.nn.Parameter(torch.zeros(1, 1, 8))
        self.post_init()

    def extract_features(self, images):
        return torch.cat([self.first, self.embed(images).flatten(2).transpose(1, 2)], dim=1)
"""

_CED = """
import torch
from transformers import PretrainedConfig, PreTrainedModel, SequenceFeatureExtractor
from transformers.feature_extraction_utils import BatchFeature

class CedConfig(PretrainedConfig):
    model_type = "ced"

class CedFeatureExtractor(SequenceFeatureExtractor):
    model_input_names = ["input_values"]

    def __call__(self, sound, sampling_rate, return_tensors):
        return BatchFeature({"input_values": torch.tensor(sound)[None, :6400].reshape(1, 16, 400)})

class CedModel(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.dense = torch.nn.Linear(400, 8)

    def forward(self, input_values):
        return {"logits": self.dense(input_values)}

class CedForAudioClassification(PreTrainedModel):
    config_class = CedConfig

    def __init__(self, config):
        super().__init__(config)
        self.encoder = CedModel(config)
        self.outputlayer = torch.nn.Linear(8, 527)
        self.post_init()
"""


def _write(folder: Path, name: str, code: str, model: str, config: str, named: dict[str, str]) -> dict:
    folder.mkdir()
    (folder / f"{name}.py").write_text(code)
    made: dict = {"__name__": name}
    exec(code, made)  # noqa: S102 - written above
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made["model"] = made[model](made[config]())
    made["model"].save_pretrained(folder)
    content = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**content, "auto_map": named}))
    return made


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))


def test_eat_gets_the_input_that_its_authors_describe(tmp_path: Path, hum) -> None:
    named = {"AutoConfig": "eat.EATConfig", "AutoModel": "eat.EATModel"}
    made = _write(tmp_path / "small_eat", "eat", _EAT, "EATModel", "EATConfig", named)
    sound = hum(seconds=2.0)
    front_end = create(f"hub:{tmp_path / 'small_eat'}", trust_remote_code=True, keep_bands=True, token_bands=8)
    vector = front_end.vector(sound, 16_000)
    described = {"mean": -4.268, "std": 4.569, "max_length": 1024, "num_mel_bins": 128}
    with pytest.warns(UserWarning, match="At least one mel filter has all zero values"):
        extractor = transformers.ASTFeatureExtractor(**described)
    image = extractor(sound, sampling_rate=16_000, return_tensors="pt")
    with torch.inference_mode():
        maps = made["model"].embed(image["input_values"][:, None])[0].numpy()  # dimension, time, band
    np.testing.assert_allclose(vector, maps.mean(axis=1).reshape(-1), rtol=1e-4, atol=1e-5)


def test_of_ced_which_only_classifies_the_encoder_is_taken(tmp_path: Path, hum) -> None:
    named = {
        "AutoConfig": "ced.CedConfig",
        "AutoFeatureExtractor": "ced.CedFeatureExtractor",
        "AutoModelForAudioClassification": "ced.CedForAudioClassification",
    }
    made = _write(tmp_path / "small_ced", "ced", _CED, "CedForAudioClassification", "CedConfig", named)
    extractor = {"feature_extractor_type": "CedFeatureExtractor", "sampling_rate": 16_000, "feature_size": 1}
    held = {**extractor, "padding_value": 0.0, "auto_map": {"AutoFeatureExtractor": "ced.CedFeatureExtractor"}}
    (tmp_path / "small_ced" / "preprocessor_config.json").write_text(json.dumps(held))
    vector = create(f"hub:{tmp_path / 'small_ced'}", trust_remote_code=True).vector(hum(), 16_000)
    with torch.inference_mode():
        tokens = made["model"].encoder.dense(torch.tensor(hum()[:6400]).reshape(16, 400)).numpy()
    np.testing.assert_allclose(vector, tokens.mean(axis=0), rtol=1e-4, atol=1e-6)
