from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from offkey.detectors import create, find
from offkey.errors import DataError, MissingExtraError, ParameterError
from offkey.features import create as front_end
from offkey.features.embedding import clap

transformers = pytest.importorskip("transformers", reason="the extra hub is not installed")


@pytest.fixture
def model(hub_folder: Path) -> str:
    return str(hub_folder / "clap")


def _vectors(model: str, hum, n: int) -> np.ndarray:
    ears = front_end(f"hub:{model}")
    return np.array([ears.vector(hum(seed), 16_000) for seed in range(n)])


def test_scores_are_the_log_odds_of_the_models_own_softmax(model: str, hum) -> None:
    import torch

    X = _vectors(model, hum, 6)
    words = ["a quiet fan", "a screeching fan"]
    detector = create("zero_shot", model=model, prompt_normal=words[:1], prompt_anomaly=words[1:]).fit(X)
    whole = transformers.AutoModel.from_pretrained(model).eval()
    heard = transformers.AutoFeatureExtractor.from_pretrained(model)(hum(3), sampling_rate=16_000, return_tensors="pt")
    read = transformers.AutoTokenizer.from_pretrained(model)(words, padding=True, return_tensors="pt")
    with torch.inference_mode():
        given = {name: read[name] for name in ("input_ids", "attention_mask")}
        probability = whole(**heard, **given).logits_per_audio.softmax(dim=-1)[0, 1].item()
    assert 0 < probability < 1
    assert detector.score(X)[3] == pytest.approx(np.log(probability / (1 - probability)), abs=1e-5)


def test_nothing_is_learnt_from_clips_or_domains(model: str, hum) -> None:
    X = _vectors(model, hum, 8)
    fitted = create("zero_shot", model=model).fit(X)
    other = create("zero_shot", model=model).fit(X[::-1][:3] + 0.1, domains=["source", "source", "target"])
    np.testing.assert_allclose(other.score(X), fitted.score(X), rtol=1e-12)
    np.testing.assert_allclose(fitted.fit_scored(X), fitted.score(X), rtol=1e-12)
    assert not find("zero_shot").learns


def test_prompts_of_one_kind_are_averaged(model: str, hum) -> None:
    X = _vectors(model, hum, 4)
    once = create("zero_shot", model=model, prompt_normal=["a fan"], prompt_anomaly=["a broken fan"]).fit(X)
    twice = create("zero_shot", model=model, prompt_normal=["a fan"] * 2, prompt_anomaly=["a broken fan"] * 3).fit(X)
    np.testing.assert_allclose(twice.score(X), once.score(X), rtol=1e-9)  # whatever is read beside it
    mixed = create("zero_shot", model=model, prompt_normal=["a fan", "a pump"], prompt_anomaly=["a broken fan"]).fit(X)
    assert np.abs(mixed.score(X) - once.score(X)).max() > 1e-6
    same = create("zero_shot", model=model, prompt_normal=["a fan"], prompt_anomaly=["a fan"]).fit(X)
    np.testing.assert_array_equal(same.score(X), 0)


def test_what_it_needs_is_said(model: str, hub_folder: Path, hum) -> None:
    with pytest.raises(ParameterError, match=r"needs the front end 'hub:NAME' of a text-audio model at its defaults"):
        create("zero_shot")
    with pytest.raises(
        ParameterError, match=r"the audio embedding of the same model, 12 features a clip\. Got 5 instead"
    ):
        create("zero_shot", model=model).fit(np.ones((4, 5)))
    with pytest.raises(ParameterError, match=r"ast compares no sound with text: name a CLAP"):
        create("zero_shot", model=str(hub_folder / "ast")).fit(np.ones((4, 16)))


def test_a_model_without_a_tokenizer_is_named(model: str, tmp_path: Path) -> None:
    mute = shutil.copytree(model, tmp_path / "mute", ignore=shutil.ignore_patterns("tokenizer*"))
    with pytest.raises(DataError, match=r"The model in .*mute has no tokenizer: expected one of tokenizer"):
        create("zero_shot", model=str(mute)).fit(np.ones((4, 12)))


def test_without_the_extra_it_is_named(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clap._read.cache_clear()
    clap.load.cache_clear()
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r"needs transformers, .*: pip install 'offkey\[hub\]' brings it"):
        create("zero_shot", model=model).fit(np.ones((4, 12)))


def test_the_front_end_tells_the_model_only_where_its_vector_is_comparable(model: str) -> None:
    assert front_end(f"hub:{model}").detector_params()["model"] == model
    for params in ({"layer": 1}, {"deviation": True}, {"pooling": [0.5]}, {"normalisation": "standard"}):
        assert front_end(f"hub:{model}", **params).detector_params() == {}
