from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from offkey.datasets.inspection import inspect_clip, inspect_clips

Hum = Callable[..., NDArray[np.float32]]


def test_form_and_length(tmp_path: Path, hum: Hum) -> None:
    soundfile.write(tmp_path / "a.wav", np.stack([hum(0), hum(1)], axis=1), 16_000)
    one = inspect_clip(str(tmp_path / "a.wav"))
    assert (one.error, one.rate, one.channels, one.seconds) == (None, 16_000, 2, 1.0)
    assert (one.clipped, one.silent_channels) == (0, ())


def test_digest_tells_same_files(tmp_path: Path, hum: Hum) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        soundfile.write(tmp_path / f"{name}.wav", hum(seed), 16_000)
    a, b, c = inspect_clips([str(tmp_path / f"{name}.wav") for name in "abc"])
    assert a.digest == b.digest != c.digest


@pytest.mark.parametrize(
    ("samples", "clipped"),
    [
        ([0.0, 1.0, 1.0, 1.0, 0.0], 1),
        ([0.0, 1.0, 1.0, 1.0, 1.0, 0.0, -1.0, -1.0, -1.0], 3),
        ([0.0, 1.0, 1.0, 0.0, 1.0, 1.0], 0),  # peaks that touch full scale
        ([1.0, -1.0, 1.0, -1.0], 0),
        ([0.5, 0.5, 0.5, 0.5, 0.0], 0),
        ([0.0, 1.0], 0),
    ],
)
def test_clipping_is_a_run_at_full_scale(tmp_path: Path, samples: list[float], clipped: int) -> None:
    soundfile.write(tmp_path / "a.wav", np.tile(samples, 1), 16_000, subtype="PCM_16")
    assert inspect_clip(str(tmp_path / "a.wav")).clipped == clipped


def test_dead_channel_is_told(tmp_path: Path, hum: Hum) -> None:
    sound = np.stack([hum(0), np.zeros(16_000, np.float32), np.full(16_000, 0.25, np.float32)], axis=1)
    soundfile.write(tmp_path / "a.wav", sound, 16_000)
    assert inspect_clip(str(tmp_path / "a.wav")).silent_channels == (1, 2)


def test_silence_at_the_start_of_a_long_recording_is_none(tmp_path: Path, hum: Hum) -> None:
    sound = np.concatenate([np.zeros(61 * 1000), hum(0, seconds=2, rate=1000)])
    soundfile.write(tmp_path / "a.wav", sound, 1000)
    assert inspect_clip(str(tmp_path / "a.wav")).silent_channels == ()


def test_bad_files_have_their_error_and_good_ones_their_facts(mixed_folder: Path) -> None:
    steps: list[None] = []
    files = sorted(map(str, mixed_folder.iterdir()))
    found = {Path(one.file).name: one for one in inspect_clips(files, jobs=2, advance=lambda: steps.append(None))}
    assert len(steps) == len(files) == len(found)
    bad = {name for name, one in found.items() if one.error}
    assert bad == {f"bad_{kind}.wav" for kind in ("empty", "header_only", "truncated", "text", "nan", "unreadable")}
    assert "NaN" in str(found["bad_nan.wav"].error)
    assert found["bad_silence.wav"].silent_channels == (0,)
    assert found["good_8_channels.wav"].channels == 8
    assert all(name in str(found[name].error) for name in bad)
