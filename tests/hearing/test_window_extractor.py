from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.audio import ArrayRecording
from offkey.features.logmel import LogMel
from offkey.hearing.extractor import Extractor
from offkey.hearing.windows import Window, Windowing
from offkey.model.config import make_config
from offkey.model.lengths import Lengths
from offkey.model.make_components import make_extractor


@pytest.mark.parametrize("normalisation", ["none", "standard", "clip-level", "per-band"])
def test_shorter_parts_of_a_clip_are_those_of_its_middle(normalisation: str) -> None:
    samples = np.random.default_rng(0).standard_normal(32_000).astype(np.float32) * np.linspace(0.01, 1, 32_000)
    front_end = LogMel(normalisation=normalisation, clip_s=2.0)
    alone = make_extractor(make_config(), 16_000, front_end=front_end, lengths=Lengths(clip_s=2.0, longest_s=3.0))
    window = replace(alone, shares=(0.5, 0.25)).extract(ArrayRecording(samples, 16_000)).windows[0]
    assert np.array_equal(window.vector, alone.extract(ArrayRecording(samples, 16_000)).windows[0].vector)
    starts = (15 * 512, 23 * 512) if normalisation in ("none", "standard") else (8_000, 12_000)  # frames, if shared
    for shorter, start, length in zip(window.shorter, starts, (16_000, 8_000), strict=True):
        expected = alone.vector(samples[start : start + length])
        assert np.allclose(shorter, expected, atol=1e-2)  # offsets differ: the mean of the clip, or of the part


def test_a_window_as_short_as_a_part_is_that_part() -> None:
    samples = np.random.default_rng(0).standard_normal(10_000).astype(np.float32)
    alone = make_extractor(make_config(), 16_000, lengths=Lengths(clip_s=2.0, longest_s=3.0))
    window = replace(alone, shares=(0.5, 0.25)).extract(ArrayRecording(samples, 16_000)).windows[0]
    assert np.array_equal(window.shorter[0], window.vector)
    assert not np.array_equal(window.shorter[1], window.vector)


@settings(deadline=None, max_examples=15)
@given(
    native_rate=st.sampled_from([8_000, 11_025, 16_000]),
    window_s=st.floats(0.3, 1.5),
    overlap=st.floats(-0.5, 0.8),
    sizes=st.lists(st.integers(1, 20_000), min_size=1, max_size=4),
)
def test_a_stream_gives_the_features_of_the_file_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, native_rate: int, window_s: float, overlap: float, sizes: list[int]
) -> None:
    sound = (0.1 * np.random.default_rng(0).standard_normal(5 * native_rate)).astype(np.float32)
    sound[native_rate : 2 * native_rate + native_rate // 2] = 0  # a window of silence has its error
    path = tmp_path_factory.mktemp("stream") / "file.wav"
    soundfile.write(path, sound, native_rate, subtype="FLOAT")
    windowing = Windowing(window_s, max(0.1, window_s * (1 - overlap)), 2.0)
    extractor = Extractor(LogMel(), 8_000, 0, windowing, clip_s=1.0)
    windows, found, at = extractor.windows(native_rate), list[Window](), 0
    for size in cycle(sizes):
        found += windows.feed(sound[at : at + size])
        at += size
        if at >= len(sound):
            break
    found += windows.finish()
    features = [extractor.features(window, name=str(path), native_rate=native_rate) for window in found]
    of_file = extractor.extract(path).windows
    assert [replace(one, vector=None) for one in features] == [replace(one, vector=None) for one in of_file]
    for one, other in zip(features, of_file, strict=True):
        assert np.array_equal(one.vector, other.vector) if one.error is None else other.vector is None
