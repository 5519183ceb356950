"""Flash and memory are known before a program is written, and compilers agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.export.c.compiling import FLAGS, needs, run
from tests.export.c.machine import fitted

from offkey.errors import ExportError
from offkey.export.c import c_sources, sizes
from offkey.export.c.decision import calibration_of
from offkey.model import Model

TARGET = ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")
FEW = {"lulls": False, "pooling": [1.0], "deviation": False, "change": False, "normalisation": "standard"}
STEADY = {"transients": False, "modulation": False, "cycle": False}
EVENTS = {"half_life": 3.0, "open_at": 4.0, "close_at": 2.0, "hold": 4, "usual": 1.0}
NETWORK = {"widths": [40, 40], "bottleneck": 4, "epochs": 1, "folds": 2}
FRAMES = {"features": "frames", "features_params": {"n_mels": 32, "seconds": 1.0, "low_hz": 20.0}}
MODELS: dict[str, dict[str, Any]] = {
    "bands": {"detector": "mahalanobis", "features_params": {**FEW, "n_mels": 24}},
    "bins": {"detector": "pca_residual", "features": "spectrum", "features_params": {"change": True}},
    "odd factors": {"detector": "mahalanobis", "features_params": FEW, "rate": 44_100},
    "clips": {"detector": "local_density"},
    "mixture": {"detector": "gmm", "features_params": {**FEW, "deviation": True}},
    "default": {"detector": "fused", "features_params": {**FEW, "normalisation": "none", **STEADY}},
    "network": {"detector": "autoencoder", "detector_params": NETWORK, **FRAMES},
}


def _object(model: Model, folder: Path, **options: Any) -> Path:
    """Return the object file of a model for a controller, with events."""
    files = c_sources(model, {**calibration_of(model), "events": EVENTS}, **options)
    for name in ("offkey.h", "offkey.c"):
        (folder / name).write_text(files[name], encoding="utf-8")
    made = folder / "offkey.o"
    run("arm-none-eabi-gcc", *TARGET, *FLAGS, "-O2", "-c", "-o", str(made), str(folder / "offkey.c"))
    return made


@needs("arm-none-eabi-gcc")
@pytest.mark.parametrize(("name", "int8"), [*((name, False) for name in MODELS), ("network", True)])
def test_a_compiler_makes_what_was_computed(name: str, int8: bool, tmp_path: Path) -> None:
    model = fitted(**MODELS[name])
    expected = sizes(model, {**calibration_of(model), "events": EVENTS}, int8=int8)
    sections = run("arm-none-eabi-size", "-A", str(_object(model, tmp_path, int8=int8)))
    found = {line.split()[0]: int(line.split()[1]) for line in sections.splitlines() if line.startswith(".")}
    assert expected.tables <= found[".rodata"] <= expected.tables + 16  # what alignment adds
    assert 0.6 * (expected.code - 1600) < found[".text"] <= expected.code - 1600  # the rest is the C library's
    check = f'#include "offkey.h"\ntypedef char same[sizeof(offkey_state) == {expected.state} ? 1 : -1];\n'
    (tmp_path / "state.c").write_text(check, encoding="utf-8")
    run("arm-none-eabi-gcc", *TARGET, "-fsyntax-only", str(tmp_path / "state.c"))


def test_the_mean_of_fewer_samples_of_sound_takes_less_memory() -> None:
    model = fitted(detector="mahalanobis")
    often, seldom = (sizes(model, hop_s=hop_s) for hop_s in (0.1, 1.0))
    assert often.state - seldom.state > 4 * 8 * 128
    assert often.tables == seldom.tables


def _refused(model: Model, **room: Any) -> str:
    with pytest.raises(ExportError) as refused:
        c_sources(model, **room)
    return str(refused.value)


def test_what_does_not_fit_is_refused_with_what_would() -> None:
    sentence = _refused(fitted(**MODELS["bands"]), flash=8_000, ram=64_000)
    assert re.match(r"The program needs \d+\.\d kB of flash and \d+\.\d kB of memory, more than the 7.8 kB", sentence)
    bands = int(re.findall(r"fitted on (\d+) bands \(--features-param n_mels=\1\), it would fit\.$", sentence)[0])
    assert 8 <= bands < 24
    fewer = fitted(detector="mahalanobis", features_params={**FEW, "n_mels": bands})
    assert sizes(fewer).flash <= 8_000
    assert sizes(fewer).flash > 7_000


def test_fewer_clips_or_layers_or_bits_or_windows_would_fit() -> None:
    clips = fitted(detector="knn")
    assert "with at most 20 clips remembered (--memory 20), it would fit." in _refused(
        clips, flash=sizes(clips).flash - 4 * 512
    )
    network = fitted(**MODELS["network"])
    assert "with weights of eight bits (--int8), it would fit." in _refused(network, flash=40_000)
    assert re.search(r"fitted with layers of at most \d+ \(", _refused(network, flash=20_000, int8=True))
    long = fitted(detector="mahalanobis", seconds=3.0, count=8)
    assert "with a window every 2 s (--hop 2)" in _refused(long, ram=sizes(long).ram - 256, hop_s=0.5)
    assert _refused(network, flash=1000).endswith("nothing less of this model would fit: take a larger controller.")
    c_sources(long, ram=sizes(long).ram, flash=sizes(long).flash)


@needs("arm-none-eabi-gcc")
def test_the_stack_is_small(tmp_path: Path) -> None:
    """The deepest calls: of a push through a frame or a window to the least function, each on top of the other."""
    model = fitted(detector="knn", detector_params={"n_neighbors": 20})
    files = c_sources(model)
    for name in ("offkey.h", "offkey.c"):
        (tmp_path / name).write_text(files[name], encoding="utf-8")
    made = tmp_path / "offkey.o"
    run("arm-none-eabi-gcc", *TARGET, "-O2", "-fstack-usage", "-c", "-o", str(made), str(tmp_path / "offkey.c"))
    used = [int(line.split("\t")[1]) for line in made.with_suffix(".su").read_text(encoding="utf-8").splitlines()]
    assert sum(used) <= sizes(model).stack - 64  # of logf and sqrtf
