"""The examples: their C is compiled, replays what Python scored, and fits into controllers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from benchmarks.edge_c import EXAMPLES
from tests.export.c.compiling import build, needs, run
from tests.export.c.machine import fitted, hum

from offkey.errors import ExportError
from offkey.export.c import c_sources, sizes
from offkey.export.c.decision import calibration_of
from offkey.model import Model

EVENTS = {"half_life": 10.0, "open_at": 3.0, "close_at": 1.5, "hold": 60, "usual": 1.0}
QUICK = {"epochs": 1, "folds": 2}


@cache
def _model(name: str) -> Model:
    options: dict[str, Any] = dict(EXAMPLES[name].options)
    if options["detector"] == "autoencoder":
        options["detector_params"] = QUICK
        options["features_params"] = {**options["features_params"], "seconds": 1.0}
    return fitted(rate=16_000, count=80 if "spectrum" in options.values() else 12, **options)


@needs("gcc")
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_replayed(name: str, tmp_path: Path) -> None:
    example, model = EXAMPLES[name], _model(name)
    clips = [hum(1.5, 1, rate=16_000), hum(1.5, 2, rate=16_000, rattle=0.2)]
    calibration = {**calibration_of(model), "events": EVENTS}
    room = {"flash": example.flash, "ram": 64 * 1024, "int8": example.int8}
    files = c_sources(model, calibration, hop_s=0.2, clips=clips, **room)
    printed = run(str(build(files, tmp_path)))
    assert printed.startswith("6 windows of 2 clips, 0 of them other than expected")
    assert float(printed.split()[-1]) < 1e-3


def test_spectra_with_mahalanobis_take_about_40_kb() -> None:
    assert 36_000 < sizes(_model("PSD, Mahalanobis")).flash < 44_000


def test_the_network_of_mlperf_tiny_needs_weights_of_eight_bits() -> None:
    model = _model("ToyCar autoencoder")
    assert [sizes(model, int8=int8).tables // 1000 for int8 in (False, True)] == [1072, 286]
    with pytest.raises(ExportError, match=r"with weights of eight bits \(--int8\), it would fit\."):
        c_sources(model, flash=512 * 1024)
    with pytest.raises(ExportError, match=r"more than the 256\.0 kB of flash .* with layers of at most \d+ \("):
        c_sources(model, flash=256 * 1024, int8=True)
