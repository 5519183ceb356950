from __future__ import annotations

import json
from pathlib import Path

import pytest

from offkey.cli.config_file import read_components, read_config
from offkey.errors import UsageError

CONFIG = {
    "features": "logmel",
    "features_params": {"n_mels": 32, "change": False},
    "detector": "gmm",
    "detector_params": {"n_components": 3},
    "false_alarm_rate": 0.05,
}
TOML = """
features = "logmel"
detector = "gmm"
false_alarm_rate = 0.05
[features_params]
n_mels = 32
change = false
[detector_params]
n_components = 3
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))
    return path


def test_json_and_toml_say_the_same(config: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(TOML)
    assert read_config(config) == read_config(tmp_path / "config.toml") == CONFIG


def _fitted(run, normal_folder: Path, tmp_path: Path, *options: object) -> dict:
    model = tmp_path / "m.offkey"
    ran = run("fit", normal_folder, "--model", model, *options)
    assert ran.status == 0, ran.err
    return run("info", model, "--json").json


def test_fit_takes_it(run, config: Path, normal_folder: Path, tmp_path: Path) -> None:
    told = _fitted(run, normal_folder, tmp_path, "--config", config)
    assert told["detector"] == "gmm"
    assert told["detector_params"]["n_components"] == 3
    assert told["features_params"]["n_mels"] == 32
    assert told["features_params"]["change"] is False
    assert told["false_alarm_rate"] == 0.05


def test_options_that_are_given_count_more(run, config: Path, normal_folder: Path, tmp_path: Path) -> None:
    options = ("--features-param", "n_mels=16", "--false-alarm-rate", 0.01)
    told = _fitted(run, normal_folder, tmp_path, "--config", config, *options)
    assert told["features_params"]["n_mels"] == 16
    assert told["features_params"]["change"] is False  # joined, not replaced
    assert told["detector_params"]["n_components"] == 3
    assert told["false_alarm_rate"] == 0.01


def test_another_detector_does_not_get_the_files_parameters(run, config: Path, normal_folder, tmp_path) -> None:
    told = _fitted(run, normal_folder, tmp_path, "--config", config, "--detector", "knn")
    assert told["detector"] == "knn"
    assert "n_components" not in told["detector_params"]
    assert told["features_params"]["n_mels"] == 32
    same = _fitted(run, normal_folder, tmp_path, "--config", config, "--detector", "gmm")
    assert same["detector_params"]["n_components"] == 3


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("config.yaml", "", r"must end in \.json or \.toml; found '\.yaml'"),
        ("config.json", "{", "is no JSON file"),
        ("config.toml", "a = = 1", "is no TOML file"),
        ("config.json", "[1]", "must be an object with fields; found list"),
        (
            "config.json",
            '{"detectors": "knn"}',
            "'detectors' is wrong: there is none of this name; did you mean 'detector'?",
        ),
        ("config.json", '{"detector": "knn", "detector_params": {"k": 1}}', "'knn' has no parameter 'k'"),
        ("config.json", '{"features_params": {"n_mels": 1}}', r"in the range \[8, 1024\]\. Got 1"),
        ("config.json", '{"detector": 3}', "The option 'detector' is wrong"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path: Path, name: str, content: str, words: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UsageError, match=words) as raised:
        read_config(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("detectors", "given", "expected"),
    [
        (None, {}, (["gmm"], {"gmm.n_components": 3})),
        (None, {"n_components": 4}, (["gmm"], {"n_components": 4})),
        (None, {"gmm.n_components": 4}, (["gmm"], {"gmm.n_components": 4})),
        (["knn", "gmm"], {"knn.n_neighbors": 2}, (["knn", "gmm"], {"gmm.n_components": 3, "knn.n_neighbors": 2})),
        (["knn"], {}, (["knn"], {})),
    ],
)
def test_a_file_goes_beside_the_detectors_that_are_named(tmp_path: Path, detectors, given: dict, expected) -> None:
    path = tmp_path / "c.json"
    path.write_text('{"detector": "gmm", "detector_params": {"n_components": 3}}')
    assert read_components(path, detectors, given, None, {}) == (*expected, ["logmel"], {})
    assert read_components(None, None, {}, ["mfcc"], {"n_mfcc": 5}) == (["fused"], {}, ["mfcc"], {"n_mfcc": 5})


def test_benchmark_takes_it(run, tiny_edition, config: Path, tmp_path: Path) -> None:
    asked = ("benchmark", tiny_edition(2020), "--dataset", "dcase2020", "--out", tmp_path / "run", "--config", config)
    ran = run(*asked)
    assert ran.status == 2
    assert "names 'false_alarm_rate': expected no more than detector, detector_params, features" in ran.err
    config.write_text(json.dumps({key: value for key, value in CONFIG.items() if key != "false_alarm_rate"}))
    ran = run(*asked, "--detector-param", "covariance_type=diag", "--json")
    assert ran.status == 0, ran.err
    (combination,) = {entry["combination"] for entry in ran.json["official"]}
    for words in ("gmm", "n_components=3", "covariance_type=", "n_mels=32"):
        assert words in combination


def test_a_file_that_is_not_there_is_said_before_any_work(run, tmp_path: Path, normal_folder: Path) -> None:
    ran = run("fit", normal_folder, "--model", tmp_path / "m.offkey", "--config", tmp_path / "none.json")
    assert ran.status == 2
    assert "none.json cannot be read: No such file" in ran.err
    assert not (tmp_path / "m.offkey").exists()


def test_a_file_gives_no_consent_to_code(config: Path) -> None:
    config.write_text(json.dumps({"features": "hub:acme/ears", "features_params": {"trust_remote_code": True}}))
    assert read_config(config)["features_params"] == {}


@pytest.mark.parametrize("ending", [".json", ".toml"])
def test_one_that_is_nested_without_end_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"deep{ending}"
    path.write_text(("a = " if ending == ".toml" else "") + "[" * 100_000)
    with pytest.raises(UsageError, match=f"is no {ending[1:].upper()} file"):
        read_config(path)
