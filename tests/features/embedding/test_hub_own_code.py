"""Models that bring their own code: small ones in the form of CED's and EAT's."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.cli.main import main
from offkey.errors import DataError, ModelFileError, OffkeyError, UsageError
from offkey.features import create
from offkey.model.model_file import read_model

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


@pytest.fixture
def with_code(tmp_path: Path, normal_folder: Path) -> Path:
    """A model file whose front end runs code, which leaves a mark wherever it runs; there is none of it now."""
    named = {"AutoConfig": "eat.EATConfig", "AutoModel": "eat.EATModel"}
    folder, mark = tmp_path / "marking", tmp_path / "mark"
    _write(
        folder, "eat", f"{_EAT}\nimport pathlib\npathlib.Path({str(mark)!r}).touch()\n", "EATModel", "EATConfig", named
    )
    how = {"trust_remote_code": True, "token_bands": 8}
    offkey.fit(normal_folder, features=f"hub:{folder}", features_params=how, detector="knn").save(tmp_path / "m.offkey")
    assert mark.exists()
    mark.unlink()
    return tmp_path / "m.offkey"


def _forged(path: Path, learnt: dict | None = None, **changes: object) -> Path:
    """Change the state of a file's front end; what is None is left out."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents["manifest.json"])
    state = manifest["front_end"]
    state["learnt"] = {key: value for key, value in {**state["learnt"], **(learnt or {})}.items() if value is not None}
    manifest |= changes
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**contents, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(name, content)
    return path


def test_code_runs_where_the_person_who_loads_says_so_and_never_by_the_file(with_code: Path, hum) -> None:
    mark, sound = with_code.with_name("mark"), hum(seconds=2.0)
    with pytest.raises(ModelFileError, match=r"hears by code that came with hub:.*allow it with --trust-remote-code"):
        offkey.load(with_code)
    told = read_model(with_code)
    assert told.front_end.params()["trust_remote_code"] is False
    with pytest.raises(UsageError, match="brings its own code"):
        told.score(sound, rate=16_000)
    assert not mark.exists()
    scored = offkey.load(with_code, trust_remote_code=True).score(sound, rate=16_000)
    assert scored == offkey.load(with_code, trust_remote_code=True).score(sound, rate=16_000)


def test_consent_holds_for_the_code_that_was_fitted_with_alone(with_code: Path, hum) -> None:
    (with_code.parent / "marking" / "helper.py").write_text("print('more')")
    with pytest.raises(DataError, match=r"is not that which was fitted with, .*: expected SHA-256 \w{64}, found \w"):
        offkey.load(with_code, trust_remote_code=True).score(hum(seconds=2.0), rate=16_000)
    assert not with_code.with_name("mark").exists()


@pytest.mark.parametrize(
    ("learnt", "changes"),
    [({"code_": None}, {}), ({"code_": None, "digest_": None}, {}), ({}, {"front_end": None})],
    ids=["of before there were digests of code", "without digests", "without a state"],
)
@pytest.mark.parametrize("consent", [False, True])
def test_a_file_that_names_no_code_runs_none(with_code: Path, hum, learnt: dict, changes: dict, consent: bool) -> None:
    forged = _forged(with_code, learnt, **changes)
    with pytest.raises(OffkeyError) as caught:
        offkey.load(forged, trust_remote_code=consent).score(hum(seconds=2.0), rate=16_000)
    assert "\n" not in str(caught.value)
    assert not with_code.with_name("mark").exists()


def test_code_of_another_place_is_never_run(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    _write(folder, "eat", _EAT, "EATModel", "EATConfig", {"AutoConfig": "acme/other--eat.EATConfig"})
    with pytest.raises(DataError, match=r"names code that does not lie in its folder \(acme/other--eat.EATConfig\)"):
        create(f"hub:{folder}", trust_remote_code=True).about()
    content = json.loads((folder / "config.json").read_text())
    content |= {"auto_map": {}, "audio_config": {"attn_implementation": "acme/kernels"}}
    (folder / "config.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"does not lie in its folder \(acme/kernels\)"):
        create(f"hub:{folder}").about()


@pytest.mark.parametrize("command", ["score", "explain"])
def test_the_commands_ask_for_consent(
    with_code: Path, hum, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "clip.wav", hum(seconds=2.0), 16_000)
    given = [command, str(with_code), str(tmp_path / "clip.wav")]
    assert main(given) == 1
    assert capsys.readouterr().err.count("allow it with --trust-remote-code") == 1
    assert not with_code.with_name("mark").exists()
    assert main([*given, "--trust-remote-code"]) == 0
    assert main(["info", str(with_code)]) == 0
