"""A stream in C: cut anyhow, of any rate, with silence in it, and with windows that overlap or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.export.c.compiling import FLAGS, build, needs, run, skip_without_sanitizers, windows
from tests.export.c.machine import fitted, hum

from offkey.errors import ExportError
from offkey.export.c import c_sources
from offkey.export.c.cut import Cut
from offkey.export.c.replay import window_scores

SIGNS: dict[str, Any] = {"detector": "mahalanobis", "features": "spectrum"}
ALL = {"keep": [0, 1, 2, 9], "deviation": True, "change": True}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program with all that pools frames."""
    model = fitted(**SIGNS, features_params=ALL)
    return build(c_sources(model, hop_s=0.1), tmp_path_factory.mktemp("c"), flags=("-O2",))


@needs("gcc")
@settings(max_examples=20)
@given(block=st.integers(1, 9000))
def test_any_cutting_gives_the_same_bits(program: Path, block: int) -> None:
    sound = hum(3.0, 5)
    whole, cut = windows(program, sound, 65_536), windows(program, sound, block)
    assert len(whole["score"]) > 10
    for name, column in whole.items():
        np.testing.assert_array_equal(cut[name], column)


@needs("gcc")
@pytest.mark.parametrize("hop_s", [0.032, 0.1, 0.6, 0.96, 1.0, 1.3])
def test_windows_overlap_adjoin_or_lie_apart(hop_s: float, tmp_path: Path) -> None:
    model, sound = fitted(**SIGNS, features_params=ALL), hum(4.0, 6)
    program, cut = build(c_sources(model, hop_s=hop_s), tmp_path, flags=("-O1",)), Cut.of(model, hop_s)
    found, expected = windows(program, sound), window_scores(model, cut, sound)
    assert len(expected) == 1 + (len(sound) - cut.window) // cut.hop > 2
    np.testing.assert_allclose(found["score"], expected, rtol=1e-4)
    np.testing.assert_array_equal(found["window"], np.arange(len(expected)))


@needs("gcc")
@pytest.mark.parametrize("rate", [16_000, 20_000, 22_050, 32_000, 44_100, 48_000])
@pytest.mark.parametrize("front_end", [{"features": "spectrum", "features_params": {"keep": [0, 1, 20, 40]}}, {}])
def test_rates_have_transforms_of_their_own(rate: int, front_end: dict[str, Any], tmp_path: Path) -> None:
    model, sound = fitted(rate=rate, detector="mahalanobis", **front_end), hum(2.0, 7, rate=rate)
    found = windows(build(c_sources(model, hop_s=0.5), tmp_path), sound)
    np.testing.assert_allclose(found["score"], window_scores(model, Cut.of(model, 0.5), sound), rtol=1e-4)


def test_other_rates_are_refused() -> None:
    with pytest.raises(
        ExportError, match=r"frames of 1042 samples \(largest prime factor 521\).*16000, 44100 or 48000\."
    ):
        c_sources(fitted(rate=16_280, detector="mahalanobis"))


@needs("gcc")
def test_silence_has_no_score(tmp_path: Path) -> None:
    """As the gate of files has it: the edges of a window may differ, its inner part must be constant."""
    model, loud = fitted(detector="mahalanobis"), hum(1.0, 8)
    sound = np.concatenate([loud, np.full(7_000, 5, np.int16), loud[:3_000], np.zeros(9_000, np.int16), loud])
    program, cut = build(c_sources(model, hop_s=0.032), tmp_path), Cut.of(model, 0.032)
    found, expected = windows(program, sound), window_scores(model, cut, sound)
    is_scored = np.isfinite(expected)
    np.testing.assert_array_equal(found["is_scored"], is_scored)
    assert 0 < (~is_scored).sum() < len(expected)
    np.testing.assert_allclose(found["score"][is_scored], expected[is_scored], rtol=1e-4)
    assert not found["score"][~is_scored].any()
    assert not found["anomalous"][~is_scored].any()


@needs("gcc")
def test_an_unknown_domain_is_that_of_the_least_score(tmp_path: Path) -> None:
    clips = [hum(1.0, seed) // (1 + 3 * (seed % 2)) for seed in range(24)]
    model = fitted(detector="knn")
    vectors = np.stack([model.extractor().vector(clip.astype(np.float32) / np.float32(32768)) for clip in clips])
    assert model.standardiser is not None
    model.detector.fit(model.standardiser(vectors), domains=np.arange(24) % 2)
    assert len(model.detector.moves_) == 2
    program = build(c_sources(model), tmp_path)
    for clip in clips[:2]:
        expected = window_scores(model, Cut.of(model, None), clip)
        np.testing.assert_allclose(windows(program, clip)["score"], expected, atol=1e-3)


@pytest.mark.parametrize("compiler", [pytest.param(name, marks=needs(name)) for name in ("gcc", "clang")])
def test_compilers_find_nothing_to_warn_of(compiler: str, tmp_path: Path) -> None:
    """With all that there is in one program, and as C++ compilers see the header."""
    skip_without_sanitizers(compiler, tmp_path)
    program = build(c_sources(fitted(**SIGNS, features_params=ALL)), tmp_path, compiler=compiler)
    assert ", 0 of them other than expected" in run(str(program))
    run(compiler, "-x", "c++", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", str(tmp_path / "offkey.h"))


@needs("arm-none-eabi-gcc")
def test_a_controller_needs_only_two_functions_of_the_mathematical_library(tmp_path: Path) -> None:
    files = c_sources(fitted(**SIGNS, features_params=ALL))
    for name in ("offkey.h", "offkey.c"):
        (tmp_path / name).write_text(files[name], encoding="utf-8")
    made = tmp_path / "offkey.o"
    target = ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")
    run(
        "arm-none-eabi-gcc",
        *target,
        *FLAGS,
        "-Wdouble-promotion",
        "-Os",
        "-c",
        "-o",
        str(made),
        str(tmp_path / "offkey.c"),
    )
    needed = {line.split()[-1] for line in run("arm-none-eabi-nm", "-u", str(made)).splitlines()}
    assert needed <= {"sqrtf", "logf", "memset", "memcpy", "memmove", "__aeabi_l2f"}
