"""The discriminative embedding through the commands: embed, fit, score, info, benchmark."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from offkey.cli.inputs import read_inputs
from offkey.features.learning import Origin

SMALL = ("seconds=1", "rate=4000", "resolutions=[0.064]", "width=1", "n_dims=4", "epochs=2")


def _options(option: str) -> list[str]:
    return [word for param in SMALL for word in (option, param)]


@pytest.fixture(autouse=True)
def _with_torch() -> None:
    pytest.importorskip("torch", reason="the extra torch is not installed")


def test_a_trained_network_goes_into_fit_and_benchmark(
    run, tiny_edition: Callable[[int], Path], normal_folder: Path, tmp_path: Path
) -> None:
    root, net, curve = tiny_edition(2023), tmp_path / "net.offkeynet", tmp_path / "curve.png"
    ran = run("embed", root, "--dataset", "dcase2023", "--out", net, *_options("--param"), "--curve", curve, "--json")
    assert ran.status == 0, ran.err
    assert ran.json["classes"] == {"Vacuum 00 vel_6": 20, "fan 00 vel_6": 20}
    assert len(ran.json["training"]["train_loss"]) == 2
    assert curve.read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in tmp_path.iterdir()} == {"net.offkeynet", "curve.png"}
    front_end = f"discriminative:{net}"
    out = tmp_path / "run"
    asked = ("--dataset", "dcase2023", "--features", front_end, "--detector", "knn", "--out", out, "--json")
    ran = run("benchmark", root, *asked)
    assert ran.status == 0, ran.err
    assert ran.json["results"][0]["auc"] is not None
    assert not (out / "store" / "learned").exists()
    ran = run("fit", normal_folder, "--model", tmp_path / "m.offkey", "--features", front_end, "--json")
    assert ran.status == 0, ran.err
    net.unlink()
    scored = run("score", tmp_path / "m.offkey", normal_folder, "--json")
    assert scored.status == 0, scored.err
    assert len(scored.json["rows"]) == 24
    report = run("info", tmp_path / "m.offkey", "--json").json
    assert (report["features"], report["n_features"]) == ("discriminative", 8)


def test_training_clips_that_are_not_learnt_from_are_named(run, tiny_edition, tmp_path: Path) -> None:
    root = shutil.copytree(tiny_edition(2023), tmp_path / "set")
    first, second, *_ = sorted((root / "dev_data" / "raw" / "fan" / "train").glob("*normal*.wav"))
    odd = first.with_name(first.name.replace("normal", "anomaly"))
    first.rename(odd)
    second.write_bytes(second.read_bytes()[:1000])
    net = tmp_path / "net.offkeynet"
    ran = run("embed", root, "--dataset", "dcase2023", "--out", net, *_options("--param"), "--json")
    assert ran.status == 3, ran.err
    assert [Path(name).name for name, _ in ran.json["left_out"]] == [odd.name, second.name]
    assert ran.json["left_out"][0][1] == "the data set calls it anomalous"
    assert "is truncated" in ran.json["left_out"][1][1]
    assert net.exists()


def test_fit_trains_the_networks_itself(run, normal_folder: Path, hum, tmp_path: Path) -> None:
    model = tmp_path / "m.offkey"
    ran = run("fit", normal_folder, "--model", model, "--features", "discriminative", *_options("--features-param"))
    assert ran.status == 0, ran.err
    assert "classes, trained on" in ran.err
    assert "Discriminative embedding: 2 epochs" in ran.err
    assert not list(tmp_path.glob("*.training"))
    for name, tone_hz in (("fine", None), ("odd", 800)):
        soundfile.write(tmp_path / f"{name}.wav", hum(77, tone_hz=tone_hz), 16_000)
    rows = run("score", model, tmp_path / "fine.wav", tmp_path / "odd.wav", "--json").json["rows"]
    assert rows[1]["score"] > rows[0]["score"]


def test_one_machine_alone_can_be_learnt_from(run, tiny_edition: Callable[[int], Path], tmp_path: Path) -> None:
    net = tmp_path / "net.offkeynet"
    options = ("--dataset", "dcase2020", "--machine", "fan", "--part", "dev", "--epochs", "1", "--out", net)
    ran = run("embed", tiny_edition(2020), *options, *_options("--param"))
    assert ran.status == 0, ran.err
    assert "separates 2 classes, trained on 40 pieces" in ran.err
    assert f"--features discriminative:{net}" in ran.err


def test_what_cannot_be_is_said_in_one_sentence(run, tiny_edition: Callable[[int], Path], tmp_path: Path) -> None:
    root = tiny_edition(2020)
    for arguments, words in (
        (("--part", "test"), "The part must be one of dev, eval, both. Got 'test' instead."),
        (("--param", "network=a.offkeynet"), "names networks that are trained already"),
        (("--param", "wide=3"), "has no parameter 'wide'"),
        (("--machine", "pump"), "pump"),
    ):
        ran = run("embed", root, "--dataset", "dcase2020", "--out", tmp_path / "net.offkeynet", *arguments)
        assert ran.status in (1, 2)
        assert words in ran.err
    ran = run("embed", root, "--dataset", "dcase2020", "--out", tmp_path / "none" / "net.offkeynet")
    assert (ran.status, "does not exist: make it first" in ran.err) == (2, True)


def test_inputs_tell_where_clips_come_from(tmp_path: Path) -> None:
    named = tmp_path / "fan" / "train" / "section_01_source_train_normal_0000_vel_6.wav"
    named.parent.mkdir(parents=True)
    soundfile.write(named, [0.0] * 100, 16_000)
    soundfile.write(tmp_path / "a.wav", [0.0] * 100, 16_000)
    (tmp_path / "clips.csv").write_text("file,machine,section,attributes\na.wav,mixer,7,fast\n")
    assert read_inputs([str(tmp_path / "clips.csv"), str(tmp_path / "fan")]).origins == [
        Origin("mixer", "7", "fast"),
        Origin("fan", "01", "vel_6"),
    ]
