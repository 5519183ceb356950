from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks import proxies, proxy_clips
from offkey.detectors import names
from offkey.features import names as front_ends


@pytest.fixture
def few_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SLIDER_FIT": 8, "FIT": 6, "TEST": 2}.items():
        monkeypatch.setattr(proxy_clips, name, value)
    monkeypatch.setattr(proxies, "SNRS_DB", (30, -60))


@pytest.mark.usefixtures("few_clips")
def test_a_loud_fault_is_found_and_a_silent_one_is_not(
    tiny_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = tmp_path / "cells.csv"
    arguments = [str(tiny_data), "--detector", "knn", "--features", "logmel", "--cells", str(cells)]
    proxies.main(arguments)
    with cells.open() as file:
        rows = [row for row in csv.DictReader(file) if row["machine"] == "slide rail" and row["fault"] == "squeal"]
    assert {row["snr_db"]: float(row["auc"]) > 0.9 for row in rows} == {"30": True, "-60": False}
    printed = capsys.readouterr().out
    assert printed.count("| detector | front end | +30 dB | -60 dB | mean |") == 2
    assert "| fan | imbalance |" in printed


def test_every_detector_stands_over_one_front_end_and_every_front_end_under_the_default_detector() -> None:
    asked = list(proxies.pairs(names(), front_ends()))
    assert {name for name, _ in asked} == set(names())
    assert ("autoencoder", "frames") in asked
    assert ("knn", "logmel") in asked
    assert {features for name, features in asked if name == "fused"} == set(front_ends()) - {"frames"}
    assert len(asked) == len(set(asked)) == len(names()) + len(front_ends()) - 2


def test_a_front_end_that_lacks_something_is_left_out_and_named(hum, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    assert list(proxies.usable([("fused", "onnx"), ("fused", "stats")], hum())) == [("fused", "stats")]
    assert "onnx: left out: The front end 'onnx' misses its argument" in capsys.readouterr().out


def test_no_clip_both_trains_and_tests(tiny_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_clips, "SLIDER_FIT", 8)
    first, again, other = (proxy_clips.real_slider(tiny_data, seed) for seed in (0, 0, 1))
    whole = [clip.tobytes() for clip in (*first.train, *first.test)]
    assert (len(first.train), len(first.test), len(set(whole))) == (8, 4, 12)
    assert all(np.array_equal(*two) for two in zip(first.train, again.train, strict=True))
    assert {clip.tobytes() for clip in other.test} != {clip.tobytes() for clip in first.test}


def test_a_fault_that_a_clip_cannot_have_is_none(hum) -> None:  # type: ignore[no-untyped-def]
    assert proxy_clips.with_fault(hum(seconds=2.0), "missing_stroke", 0.0, (0,)) is None
