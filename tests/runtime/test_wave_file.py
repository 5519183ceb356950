from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.runtime.conftest import RATE, WINDOW, noise

from offkey.runtime.errors import SoundError
from offkey.runtime.model import Model
from offkey.runtime.wave_file import WaveFile

SUBTYPES = ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"]


def _sound(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.concatenate(list(WaveFile(path).blocks()))


@pytest.mark.parametrize("kind", ["WAV", "WAVEX"])
@pytest.mark.parametrize("subtype", SUBTYPES)
@pytest.mark.parametrize("channels", [1, 3])
def test_samples_are_those_that_offkey_reads(tmp_path: Path, kind: str, subtype: str, channels: int) -> None:
    path = tmp_path / "a.wav"
    sound = np.clip(noise(3000 * channels, 0.4).reshape(-1, channels), -1, 1)
    sound[:2] = [[-1.0] * channels, [1.0] * channels]
    soundfile.write(path, sound, RATE, subtype=subtype, format=kind)
    expected, rate = soundfile.read(path, dtype="float32", always_2d=True)
    file = WaveFile(path)
    assert (file.rate, file.channels, file.frames) == (rate, channels, 3000)
    np.testing.assert_array_equal(_sound(path), expected)


def test_a_long_file_is_read_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((700_000, 2), np.float32), RATE)
    sizes = [len(block) for block in WaveFile(path).blocks()]
    assert sum(sizes) == 700_000
    assert max(sizes) * 4 <= 1 << 20


def test_a_file_is_scored_as_its_samples_are(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(5 * WINDOW + 30), RATE, subtype="FLOAT")
    assert model.score(path) == model.score(noise(5 * WINDOW + 30))
    assert model.score(str(path)) == model.score(path)


def test_another_rate_says_how_to_convert(tmp_path: Path, model: Model) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(900), 2 * RATE)
    with pytest.raises(
        SoundError, match=r"a\.wav is sampled at 2000 Hz, and the model takes 1000 Hz: convert it by 'f"
    ):
        model.score(path)


def _wav(form: bytes, data: bytes, size: int | None = None, before: bytes = b"") -> bytes:
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + before
    chunks += b"data" + struct.pack("<I", len(data) if size is None else size) + data
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


PCM_16 = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
DATA = bytes(range(200))


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFF00, 0x80000000, 0x7FFFF000, len(DATA) + 44])
def test_sizes_that_programs_leave_open_lead_to_the_end(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(PCM_16, DATA, size, before=b"LIST\x03\0\0\0abc\0"))
    assert WaveFile(path).frames == 100
    np.testing.assert_array_equal(_sound(path)[:, 0], np.frombuffer(DATA, "<i2") / np.float32(32_768))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is no WAV file: convert it by 'ffmpeg"),
        (b"fLaC" + bytes(60), "is no WAV file: convert it by 'ffmpeg"),
        (_wav(PCM_16, b""), "has a header but no sound"),
        (_wav(PCM_16, DATA, 5000), "is truncated: its header promises 4800 bytes more than there are; record or copy"),
        (_wav(PCM_16[:10], DATA), "is a damaged WAV file: its chunk 'fmt ' is cut short"),
        (
            _wav(struct.pack("<HHIIHH", 6, 1, RATE, RATE, 1, 8), DATA),
            "holds samples of another form than PCM or floats",
        ),
        (_wav(struct.pack("<HHIIHH", 1, 0, RATE, 0, 0, 16), DATA), "holds samples of another form than PCM or floats"),
        (
            _wav(struct.pack("<HHIIHH", 1, 1, RATE, RATE, 7, 16), DATA),
            "holds samples of another form than PCM or floats",
        ),
        (_wav(PCM_16, DATA)[:36], "is a WAV file without sound, or damaged"),
        (b"RIFF\x04\0\0\0WAVE" + b"junk\0\0\0\0" * 20_000, "is a WAV file without sound, or damaged"),
    ],
)
def test_what_is_no_such_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(SoundError, match=rf"a\.wav {sentence}"):
        WaveFile(path)


def test_folders_pipes_and_missing_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in (".", "pipe"):
        with pytest.raises(SoundError, match="is no regular file"):
            WaveFile(tmp_path / name)
    with pytest.raises(SoundError, match=r"gone cannot be read: No such file or directory\."):
        WaveFile(tmp_path / "gone")
    with pytest.raises(SoundError, match="cannot be read: embedded null"):
        WaveFile(Path("a\0b"))


def test_a_file_that_shrinks_while_it_is_read_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(_wav(PCM_16, DATA))
    file = WaveFile(path)
    path.write_bytes(path.read_bytes()[:-101])
    with pytest.raises(SoundError, match="became shorter while it was read"):
        list(file.blocks())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_headers_give_sound_or_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(_wav(PCM_16, DATA))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, 47))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.wav"
    path.write_bytes(content[: data.draw(st.integers(30, len(content)))])
    try:
        sound = _sound(path)
    except SoundError:
        return
    assert sound.ndim == 2
    assert sound.dtype == np.float32
