"""Embeddings through the commands: fit, score, info, benchmark, tune."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
import soundfile

import offkey


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory, hum) -> Path:
    """A set of two ids with 8 training clips and 3 normal and 3 anomalous test clips each, of one second."""
    root = tmp_path_factory.mktemp("plant")
    seeds = itertools.count()
    for ident in ("id_00", "id_02"):
        for name, n, tone_hz in (("train/normal", 8, None), ("test/normal", 3, None), ("test/anomaly", 3, 3000)):
            folder = root / "fan" / ident / name
            folder.mkdir(parents=True)
            for k in range(n):
                sound = hum(next(seeds), tone_hz=tone_hz)
                soundfile.write(folder / f"{k:03d}.wav", sound, 16_000)
    return root


@pytest.fixture
def network(yamnet_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A YAMNet file in the working folder."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(yamnet_folder / "patches.onnx", "yamnet.onnx"))


def test_fit_info_and_score(run, normal_folder: Path, hum, network: Path, tmp_path: Path) -> None:
    ran = run("fit", normal_folder, "--features", "onnx:yamnet.onnx", "--model", "m.offkey")
    assert ran.status == 0, ran.err
    network.unlink()
    report = run("info", "m.offkey", "--json").json
    assert (report["features"], report["n_features"]) == ("onnx", 1024)
    assert report["features_about"]["layer"] == "Identity_1"
    for name, tone_hz in (("fine", None), ("odd", 3000)):
        soundfile.write(f"{name}.wav", hum(77, tone_hz=tone_hz), 16_000)
    soundfile.write("short.wav", hum(77)[:8000], 16_000)
    ran = run("score", "m.offkey", "fine.wav", "odd.wav", "short.wav", "--json")
    fine, odd, short = ran.json["rows"]
    assert ran.status == 3
    assert odd["score"] > fine["score"]
    assert short["score"] is None
    assert "short.wav" in short["error"]


def test_info_lists_the_tensors_of_an_onnx_file(run, network: Path) -> None:
    ran = run("info", network)
    for word in ("input", "mel", "nx96x64", "Identity_1", "nx1024", "relu1", "Conv", "layer=TENSOR"):
        assert word in ran.out + ran.err
    report = run("info", network, "--json").json
    assert [one["name"] for one in report["output"]] == ["Identity", "Identity_1"]
    assert (report["embedding"], report["note"]) == ("Identity_1", "")
    ran = run("info", network, "--set-threshold", 3)
    assert (ran.status, "has no threshold" in ran.err) == (2, True)


def test_info_and_features_warn_of_a_head(run, network: Path, normal_folder: Path) -> None:
    onnx = pytest.importorskip("onnx")
    model = onnx.load(str(network))
    model.graph.output.pop()
    onnx.save(model, str(network))
    report = run("info", network, "--json").json
    assert report["embedding"] == "pooled"
    assert "is a classifier's head (Sigmoid), which is no embedding" in report["note"]
    assert "By default the embedding is pooled." in run("info", network).err
    ran = run("features", normal_folder, "--features", "onnx:yamnet.onnx", "--out", "f.csv", "--json")
    assert any("the layer before it is taken, 'pooled'" in note for note in ran.json["notes"])
    assert "the layer before it is taken, 'pooled'" in ran.err


def test_a_benchmark_compares_embeddings_with_others(run, plant: Path, network: Path, yamnet_folder: Path) -> None:
    shutil.copy(yamnet_folder / "waveform.onnx", "wave.onnx")
    features = ("--features", "onnx:yamnet.onnx", "--features", "logmel", "--features", "onnx:wave.onnx")
    params = ("--features-param", "onnx:yamnet.onnx.layer=relu1", "--features-param", "onnx.pooling=[1.0,0.5]")
    arguments = ("benchmark", plant, "--dataset", "folder", *features, *params, "--detector", "knn", "--out", "run")
    ran = run(*arguments, "--json")
    assert ran.status == 0, ran.err
    rows = ran.json["results"]
    assert len(rows) == 2 * 3
    assert all(row["auc"] is not None for row in rows)
    assert {path.name.partition("-")[0] for path in Path("run/store/features").iterdir()} == {"onnx", "logmel"}
    assert run(*arguments, "--json").json["reused"] == 6
    shutil.copy(yamnet_folder / "patches.onnx", "wave.onnx")  # another network under the same name
    assert run(*arguments, "--json").json["reused"] == 4


def test_tune_compares_layers(run, plant: Path, network: Path) -> None:
    ran = run(
        *("tune", plant, "--dataset", "folder", "--features", f"onnx:{network}", "--detector", "knn", "--out", "tuned"),
        *("--features-param", 'layer="Identity_1","relu1"', "--json"),
    )
    assert ran.status == 0, ran.err
    written = [path.read_text() for path in map(Path, ran.json["written"]) if path.suffix in (".toml", ".json")]
    assert any("onnx:yamnet.onnx" in text for text in written)


def test_a_file_that_is_missing_is_one_sentence(run, normal_folder: Path, plant: Path, network: Path) -> None:
    for command in (
        ("fit", normal_folder, "--model", "m.offkey"),
        ("benchmark", plant, "--dataset", "folder", "--out", "run"),
        ("tune", plant, "--dataset", "folder", "--out", "tuned", "--features-param", "pooling=[1.0],[0.5]"),
    ):
        ran = run(*command, "--features", "onnx:none.onnx")
        assert ran.status == 1
        assert ran.err.startswith("offkey: The ONNX file none.onnx does not exist: put it there")
        assert ran.err.count("\n") == 1
    ran = run("fit", normal_folder, "--model", "m.offkey", "--features", "onnx")
    assert ran.status == 2
    assert "The front end 'onnx' misses its argument: write onnx:FILE." in ran.err


def test_the_model_is_the_same_from_python(normal_folder: Path, network: Path, hum, tmp_path: Path) -> None:
    model = offkey.fit(normal_folder, features="onnx:yamnet.onnx", detector="knn")
    model.save("m.offkey")
    assert offkey.load("m.offkey").score(hum(5), rate=16_000) == model.score(hum(5), rate=16_000)


def test_a_model_of_the_hub_goes_through_all_commands(
    run, plant: Path, hub_folder: Path, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nets").symlink_to(hub_folder)
    ran = run("fit", plant / "fan" / "id_00" / "train", "--features", "hub:nets/ast", "--model", "m.offkey", "--json")
    assert ran.status == 0, ran.err
    assert any("under the licence bsd-3-clause" in note for note in ran.json["notes"])
    info = run("info", "m.offkey", "--json").json
    assert info["features_about"]["licence"] == "bsd-3-clause"
    assert len(info["features_about"]["digest"]) == 64
    test = plant / "fan" / "id_00" / "test"
    rows = run("score", "m.offkey", test, "--json").json["rows"]
    assert all(row["score"] is not None for row in rows)
    features = ("--features", "hub:nets/ast", "--features", "hub:nets/clap", "--features", "logmel")
    named = ("--features-param", "hub:nets/ast.layer=-2", "--features-param", "hub:nets/ast.keep_bands=true")
    arguments = ("benchmark", plant, "--dataset", "folder", *features, *named, "--detector", "knn", "--out", "run")
    ran = run(*arguments, "--json")
    assert ran.status == 0, ran.err
    assert len(ran.json["results"]) == 2 * 3
    licences = [note for note in ran.json["notes"] if "licence" in note]
    assert len(licences) == 2  # once a model, not once a machine
    assert all(note.startswith("The embedding is that of nets/") for note in licences)
    assert run(*arguments, "--json").json["reused"] == 6


def test_zero_shot_stands_in_the_benchmark_beside_the_others(
    run, plant: Path, hub_folder: Path, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nets").symlink_to(hub_folder)
    detectors = ("--detector", "zero_shot", "--detector", "knn")
    words = ("--detector-param", 'zero_shot.prompt_anomaly=["a whistle", "a squeal"]')
    ran = run(
        "benchmark",
        plant,
        "--dataset",
        "folder",
        "--features",
        "hub:nets/clap",
        *detectors,
        *words,
        "--out",
        "run",
        "--json",
    )
    assert ran.status == 0, ran.err
    assert len([row for row in ran.json["results"] if row["detector"] == "zero_shot" and row["auc"] is not None]) == 2
    ran = run("benchmark", plant, "--dataset", "folder", "--detector", "zero_shot", "--out", "other")
    assert ran.status == 2
    assert "The detector 'zero_shot' compares sounds with words, and needs the front end 'hub:NAME'" in ran.err


def test_proposed_labels_go_into_evaluate_and_tune_marked_as_such(
    run, hum, hub_folder: Path, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder, n in (("plant/fan/train", 8), ("plant/fan/test", 12)):
        Path(folder).mkdir(parents=True)
        for k in range(n):
            tone_hz = 3000 if k % 2 and n == 12 else None
            soundfile.write(f"{folder}/{k:02d}.wav", hum(40 * n + k, tone_hz=tone_hz), 16_000)
    words = ("--prompt-normal", "a fan", "--prompt-anomaly", "a whistle", "--prompt-anomaly", "a broken fan")
    ran = run("data", "pseudo-label", "plant", *words, "--model", hub_folder / "clap", "--out", "labels.csv", "--json")
    assert ran.status == 0, ran.err
    assert sum(ran.json["counts"].values()) == len(ran.json["rows"]) == 12
    assert all(0.5 <= row["confidence"] <= 1 for row in ran.json["rows"])
    assert "guesses of a model that never heard the machine" in ran.err
    lines = Path("labels.csv").read_text().splitlines()
    ranked = sorted(lines[1:], key=lambda line: line.rpartition(",")[2])
    halves = [line.replace(",anomaly,", ",normal,") for line in ranked[:6]]
    halves += [line.replace(",normal,", ",anomaly,") for line in ranked[6:]]  # a random network may lean to one side
    Path("labels.csv").write_text("\n".join([lines[0], *halves]) + "\n")
    assert run("fit", "plant/fan/train", "--detector", "knn", "--model", "m.offkey").status == 0
    assert run("score", "m.offkey", "plant/fan/test", "--out", "scores.csv").status == 0
    ran = run("evaluate", "scores.csv", "--labels", "labels.csv", "--resamples", 50)
    assert ran.status == 0
    assert "Labels come from the labels file (12 of 12 are proposed, not known)" in ran.err
    assert "note: 12 of 12 labels are proposed by a model, not known: figures say how far scores agree with" in ran.err
    tune = ("tune", "plant", "--dataset", "folder", "--detector", "knn", "--param", "n_neighbors=1,2", "--out", "tuned")
    assert run(*tune).status == 1
    ran = run(*tune, "--labels", "labels.csv")
    assert ran.status == 0, ran.err
    assert "note: 12 of 12 labels are proposed by a model" in ran.err
