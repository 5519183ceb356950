from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from offkey.audio import FileRecording
from offkey.web.explore.wav_stream import WavStream, parse_range


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory, hum) -> WavStream:
    path = tmp_path_factory.mktemp("wav") / "clip.flac"
    soundfile.write(path, np.stack([hum(0), hum(1)], axis=1), 16_000, subtype="PCM_24")
    return WavStream.of(FileRecording(path), 1)


def _whole(stream: WavStream) -> bytes:
    return b"".join(stream.part(0, stream.size))


def test_any_format_becomes_a_wav_file_of_one_channel(stream: WavStream, hum) -> None:
    content = _whole(stream)
    sound, rate = soundfile.read(io.BytesIO(content))
    assert len(content) == stream.size
    assert rate == 16_000
    np.testing.assert_allclose(sound, hum(1), atol=1e-4)


@settings(max_examples=40)
@given(st.data())
def test_any_part_is_that_of_the_whole(stream: WavStream, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, stream.size - 1))
    stop = data.draw(st.integers(start + 1, stream.size))
    assert b"".join(stream.part(start, stop)) == _whole(stream)[start:stop]


def test_a_stretch_of_time(stream: WavStream) -> None:
    part = WavStream.of(stream.recording, 1, 0.25, 0.5)
    assert part.size == 44 + 2 * 4000
    assert _whole(part)[44:] == _whole(stream)[44 + 8000 : 44 + 16000]


def test_what_breaks_off_is_filled_with_silence(tmp_path: Path, hum) -> None:
    path = tmp_path / "cut.flac"
    soundfile.write(path, hum(0, seconds=5), 16_000)
    stream = WavStream.of(FileRecording(path), 0)
    path.write_bytes(path.read_bytes()[:20_000])
    assert len(_whole(stream)) == stream.size


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=-", None),
    ],
)
def test_ranges_are_read(header: str | None, expected: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=20-10", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="beyond the end"):
        parse_range(header, 100)
