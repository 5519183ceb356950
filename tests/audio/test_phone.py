from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from offkey.audio import FileRecording
from offkey.errors import AudioError
from offkey.suffixes import EXTRA_SUFFIXES

RATE = 16_000
KINDS = [("m4a", "mp4", "aac"), ("3gp", "3gp", "aac"), ("mp4", "mp4", "alac"), ("aac", "adts", "aac")]
KINDS += [("webm", "webm", "libopus"), ("wma", "asf", "pcm_s16le")]


@pytest.fixture
def record(tmp_path: Path, hum):
    """Return a function that records a sound as a phone does."""
    av = pytest.importorskip("av", reason="the extra phone is not installed")

    def make(ending: str, container: str, codec: str, *, channels: int = 1, rate: int = RATE, **options: str) -> Path:
        path = tmp_path / f"clip.{ending}"
        rate = 48_000 if codec == "libopus" else rate
        layout = "stereo" if channels == 2 else "mono"
        sound = np.stack([hum(k, seconds=2.5, rate=rate) for k in range(channels)], axis=1)
        samples = np.round(sound * 32767).astype(np.int16).reshape(1, -1)
        with av.open(path, "w", format=container, options=options) as file:
            stream = file.add_stream(codec, rate=rate, layout=layout)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
            frame.rate, frame.pts = rate, 0
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                file.mux(packet)
        return path

    return make


@pytest.mark.parametrize(("ending", "container", "codec"), KINDS)
def test_what_phones_record_is_decoded(record, ending: str, container: str, codec: str) -> None:
    recording = FileRecording(record(ending, container, codec))
    sound = np.concatenate(list(recording.blocks(0)))
    assert sound.dtype == np.float32
    assert recording.seconds == pytest.approx(2.5, abs=0.15)
    assert len(sound) / recording.rate == pytest.approx(2.5, abs=0.15)
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.argmax(spectrum) * recording.rate / len(sound) == pytest.approx(120, abs=1)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.04, rel=0.1)


def test_an_mp4_file_has_as_many_frames_as_it_promises(record, hum) -> None:
    recording = FileRecording(record("m4a", "mp4", "alac", channels=2))
    assert recording.frames == round(2.5 * RATE)
    np.testing.assert_allclose(np.concatenate(list(recording.blocks(1))), hum(1, seconds=2.5), atol=2**-15)


@pytest.mark.parametrize(("ending", "container", "codec"), KINDS)
def test_parts_are_those_of_the_whole(record, ending: str, container: str, codec: str) -> None:
    recording = FileRecording(record(ending, container, codec))
    whole = np.concatenate(list(recording.blocks(0)))
    end = len(whole)
    spans = [(8000, 8100), (0, 50), (20_000, 20_010), (end - 10, end + 10), (2 * end, 2 * end + 5)]
    parts = list(recording.parts(spans, 0))
    assert [len(part) for part in parts] == [100, 50, 10, 10, 0]
    for (start, stop), part in zip(spans, parts, strict=True):
        np.testing.assert_array_equal(part, whole[start:stop])


@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_one_that_breaks_off_is_an_error(record, options: dict[str, str], share: float) -> None:
    path = record("m4a", "mp4", "aac", **options)
    content = path.read_bytes()
    path.write_bytes(content[: round(share * len(content))])
    with pytest.raises(AudioError, match=r"truncated|cannot be decoded") as caught:
        list(FileRecording(path).blocks(0))
    assert "\n" not in str(caught.value)


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "clip.m4a"
    path.write_bytes(b"\0\0\0\x18ftypM4A \0\0\0\0mp42isom\0\0\0\x08moov")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(AudioError, match=r"pip install 'offkey\[phone\]' brings it; or convert .* ffmpeg -i clip\.m4a"):
        FileRecording(path)


def test_the_endings_of_the_extra_are_known() -> None:
    assert {".m4a", ".aac", ".wma", ".webm", ".amr", ".3gp", ".mp4"} <= EXTRA_SUFFIXES
