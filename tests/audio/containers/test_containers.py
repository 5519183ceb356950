"""What holds for every container of the table alike."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.audio import FileRecording
from offkey.errors import AudioError

KINDS = [
    *(("WAV", subtype, "LITTLE") for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW")),
    *(("WAV", subtype, "BIG") for subtype in ("PCM_16", "FLOAT")),
    ("WAV", "MS_ADPCM", "FILE"),
    ("WAVEX", "PCM_24", "FILE"),
    *((container, subtype, "FILE") for container in ("RF64", "W64") for subtype in ("PCM_16", "FLOAT")),
    *(("AIFF", subtype, "FILE") for subtype in ("PCM_S8", "PCM_16", "PCM_24", "FLOAT", "ULAW")),
    ("AIFF", "PCM_16", "LITTLE"),
    *(("AU", subtype, endian) for subtype in ("PCM_16", "FLOAT") for endian in ("BIG", "LITTLE")),
    *(("CAF", subtype, "FILE") for subtype in ("PCM_16", "PCM_24", "FLOAT", "ALAC_16")),
    ("NIST", "PCM_16", "FILE"),
    ("VOC", "PCM_16", "FILE"),
    *(("OGG", subtype, "FILE") for subtype in ("VORBIS", "OPUS")),
    ("MP3", "MPEG_LAYER_III", "FILE"),
    ("FLAC", "PCM_16", "FILE"),
]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("container", "subtype", "endian"), KINDS)
def test_a_whole_file_is_read_as_the_decoder_does(
    tmp_path: Path, encoded, heard, container: str, subtype: str, endian: str, channels: int
) -> None:
    content = encoded(container, subtype, endian=endian, channels=channels, frames=7999)
    sound = heard(content) if container not in ("MP3", "OGG") else _whole(tmp_path, content)
    np.testing.assert_allclose(sound, _by_libsndfile(tmp_path, content), rtol=0, atol=1e-7 if container == "MP3" else 0)


@pytest.mark.parametrize(("container", "subtype", "endian"), KINDS)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_a_file_that_breaks_off_is_truncated_whatever_it_is_in(
    tmp_path: Path, encoded, container: str, subtype: str, endian: str, share: float
) -> None:
    content = encoded(container, subtype, endian=endian)
    with pytest.raises(AudioError, match="is truncated") as caught:
        _whole(tmp_path, content[: round(share * len(content))])
    assert str(caught.value).endswith("; record or copy it again.")


# The offset of the size in bytes, how it is written, and what it counts beside the sound.
SIZES = {
    "wav": ("WAV", {}, b"data", 4, "<I", 0),
    "rifx": ("WAV", {"endian": "BIG"}, b"data", 4, ">I", 0),
    "w64": ("W64", {}, b"data", 16, "<Q", 24),
    "au": ("AU", {"endian": "BIG"}, b".snd", 8, ">I", 0),
    "little au": ("AU", {"endian": "LITTLE"}, b"dns.", 8, "<I", 0),
    "caf": ("CAF", {}, b"data", 4, ">q", 4),
    "aiff": ("AIFF", {}, b"SSND", 4, ">I", 8),
}


def _with_size(encoded, kind: str, change, subtype: str = "PCM_16") -> bytes:
    """Return a file whose header tells another size than there is."""
    container, how, name, away, form, beside = SIZES[kind]
    content = bytearray(encoded(container, subtype, **how))
    at = content.index(name) + away
    size = struct.unpack_from(form, content, at)[0] - beside
    struct.pack_into(form, content, at, change(size) + beside)
    if kind == "aiff":
        struct.pack_into(">I", content, content.index(b"COMM") + 10, change(size) // (size // 8000))
    return bytes(content)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize("kind", SIZES)
def test_a_size_that_was_never_written_is_read_to_the_end(
    tmp_path: Path, encoded, heard, kind: str, subtype: str
) -> None:
    expected = _by_libsndfile(tmp_path, _with_size(encoded, kind, lambda size: size, subtype))
    np.testing.assert_array_equal(heard(_with_size(encoded, kind, lambda _: 0, subtype)), expected)


@pytest.mark.parametrize("size", [0x7FFFF000, 0x7FFFFF00, 0x7FFFFFFF, 0x80000000, 0xFFFFFFD8, 0xFFFFFFFE, 0xFFFFFFFF])
@pytest.mark.parametrize("kind", ["wav", "rifx", "au", "little au"])
def test_sizes_that_programs_write_to_a_pipe_are_open(encoded, heard, kind: str, size: int) -> None:
    assert len(heard(_with_size(encoded, kind, lambda _: size))) == 8000


@pytest.mark.parametrize("more", [1, 2, 16, 44])
@pytest.mark.parametrize("kind", SIZES)
def test_a_few_bytes_too_many_are_what_recorders_count_of_their_header(encoded, heard, kind: str, more: int) -> None:
    assert len(heard(_with_size(encoded, kind, lambda size: size + more))) == 8000


@pytest.mark.parametrize("kind", SIZES)
def test_twice_the_size_is_that_of_half_a_file(tmp_path: Path, encoded, kind: str) -> None:
    with pytest.raises(AudioError, match="is truncated: its header promises 16000 bytes more than"):
        _whole(tmp_path, _with_size(encoded, kind, lambda size: 2 * size))


@pytest.mark.parametrize("kind", SIZES)
def test_sound_behind_what_is_promised_is_never_left_unheard(tmp_path: Path, encoded, kind: str) -> None:
    with pytest.raises(AudioError, match="is longer than its header says: 8000 bytes of sound are promised, but 8000"):
        _whole(tmp_path, _with_size(encoded, kind, lambda size: size // 2))


def _whole(tmp_path: Path, content: bytes) -> np.ndarray:
    path = tmp_path / "clip"
    path.write_bytes(content)
    return np.concatenate(list(FileRecording(path).blocks(0)))


def _by_libsndfile(tmp_path: Path, content: bytes) -> np.ndarray:
    path = tmp_path / "expected"
    path.write_bytes(content)
    return soundfile.read(path, dtype="float32", always_2d=True)[0][:, 0]
