"""What `offkey fit` shows and keeps of trainings."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

import offkey
from offkey.cli.training import on_device, trainings_shown
from offkey.learned.torch_extra import DEVICE_VARIABLE
from offkey.learned.training import loop

torch = pytest.importorskip("torch", reason="torch is not installed")

PARAMS = {"--features-param": ("n_mels=16", "seconds=0.5")}
PARAMS |= {"--detector-param": ("widths=[8]", "bottleneck=2", "epochs=4")}
QUICK = ["--features", "frames", "--detector", "autoencoder"]
QUICK += [word for option, values in PARAMS.items() for value in values for word in (option, value)]


def test_fit_tells_each_training_and_draws_the_curve(run, normal_folder: Path, tmp_path: Path) -> None:
    ran = run("fit", normal_folder, "--model", tmp_path / "m.offkey", *QUICK, "--curve", tmp_path / "c.png")
    assert ran.status == 0
    assert "Autoencoder, all clips: 4 epochs, kept" in ran.err
    assert "held out" in ran.err
    assert "Autoencoder, fold 3:" in ran.err
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    assert offkey.load(tmp_path / "m.offkey").detector.name == "autoencoder"
    assert not list(tmp_path.glob("*.training"))


def test_an_interrupted_fit_goes_on_and_ends_in_the_same_file(
    run, normal_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, broken = tmp_path / "whole.offkey", tmp_path / "broken.offkey"
    run("fit", normal_folder, "--model", whole, *QUICK)
    write, written = loop.write_checkpoint, []

    def interrupt(path: Path, signature: str, content: dict) -> None:
        write(path, signature, content)
        written.append(path)
        if len(written) == 6:  # in the second epoch of the second training
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "write_checkpoint", interrupt)
    ran = run("fit", normal_folder, "--model", broken, *QUICK)
    assert ran.status != 0
    assert "the same command goes on from there" in ran.err
    assert not broken.exists()
    monkeypatch.setattr(loop, "write_checkpoint", write)
    ran = run("fit", normal_folder, "--model", broken, *QUICK)
    assert ran.status == 0
    assert "Autoencoder, all clips: 4 epochs, from epoch 4 on" in ran.err
    assert "epochs, from epoch 2 on" in ran.err
    assert broken.read_bytes() == whole.read_bytes()
    assert not broken.with_name("broken.offkey.training").exists()


def test_where_nothing_is_trained_there_is_no_curve(run, normal_folder: Path, tmp_path: Path) -> None:
    model, curve = tmp_path / "m.offkey", tmp_path / "c.png"
    ran = run("fit", normal_folder, "--model", model, "--detector", "knn", "--curve", curve)
    assert ran.status == 0
    assert "there is no learning curve" in ran.err
    assert not curve.exists()


@pytest.mark.parametrize("how", ["option", "variable"])
def test_a_device_that_is_not_there_is_refused(
    run, normal_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    given = ("--device", "cuda:77") if how == "option" else ()
    if how == "variable":
        monkeypatch.setenv(DEVICE_VARIABLE, "cuda:77")
    ran = run("fit", normal_folder, "--model", tmp_path / "m.offkey", *QUICK, *given)
    assert ran.status in (1, 2)
    assert "There is no device 'cuda:77' on this machine: expected one of auto, cpu" in ran.err


def test_a_device_counts_inside_the_block_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DEVICE_VARIABLE, raising=False)
    with on_device("cpu"):
        assert os.environ[DEVICE_VARIABLE] == "cpu"
    assert DEVICE_VARIABLE not in os.environ


def test_on_a_terminal_each_epoch_shows_its_losses(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from offkey.learned.training import History
    from offkey.learned.training.monitor import monitor

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with ExitStack() as bars, trainings_shown(bars, None):
        for epoch in range(1, 4):
            monitor().advance("Autoencoder", History(3, "cpu", [0.5] * epoch, [0.25] * epoch))
    said = capsys.readouterr().err
    assert "3/3" in said
    assert "loss 0.5, held out 0.25" in said
