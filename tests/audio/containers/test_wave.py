from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from offkey.audio import FileRecording
from offkey.errors import AudioError


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


@pytest.mark.parametrize(
    "behind",
    [
        _chunk(b"LIST", b"INFOabc"),
        _chunk(b"bext", bytes(602)) + _chunk(b"own!", b"12345"),
        _chunk(b"LIST", b"INFO" + bytes(100))[:40],  # broken off behind the sound, which is whole
        b"TAG" + bytes(125),
        bytes(512),
        b"\x01",
    ],
)
def test_chunks_tags_and_padding_behind_the_sound_are_no_sound(encoded, heard, behind: bytes) -> None:
    plain = encoded("WAV")
    np.testing.assert_array_equal(heard(plain + behind), heard(plain))


def test_chunks_of_odd_size_have_a_pad_byte_and_some_programs_forget_it(encoded, heard) -> None:
    plain = encoded("WAV", "PCM_U8", frames=7999)
    sound = plain[: 44 + 7999]
    tags = _chunk(b"LIST", b"INFOabcde")
    for content in (sound + b"\0" + tags, sound + tags, sound, plain[:36] + _chunk(b"JUNK", b"abc") + plain[36:]):
        assert len(heard(content)) == 7999


@pytest.mark.parametrize("behind", [b"", _chunk(b"LIST", b"INFOabc")])
def test_a_header_without_sound_is_told_from_a_size_that_was_never_written(tmp_path: Path, encoded, behind) -> None:
    (tmp_path / "clip.wav").write_bytes(encoded("WAV", frames=0) + behind)
    with pytest.raises(AudioError, match="has a header but no sound"):
        FileRecording(tmp_path / "clip.wav")


def test_a_second_chunk_of_sound_is_not_left_unheard(tmp_path: Path, encoded) -> None:
    plain = encoded("WAV")
    (tmp_path / "clip.wav").write_bytes(plain + _chunk(b"data", plain[44:]))
    with pytest.raises(AudioError, match="is longer than its header says"):
        FileRecording(tmp_path / "clip.wav")


def test_a_compressed_file_is_not_read_beyond_its_header_but_named(tmp_path: Path, encoded) -> None:
    content = bytearray(encoded("WAV", "MS_ADPCM"))
    struct.pack_into("<I", content, content.index(b"data") + 4, 1024)
    (tmp_path / "clip.wav").write_bytes(content)
    with pytest.raises(AudioError, match=r"is longer than its header says: 1024 .* with: ffmpeg -i IN OUT\.wav"):
        FileRecording(tmp_path / "clip.wav")


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize("sizes", [(0, 0, 0), (2**64 - 1, 2**64 - 1, 0)])
@pytest.mark.parametrize("magic", [b"RF64", b"BW64"])
def test_a_long_file_that_was_never_closed_is_read_to_its_end(
    encoded, heard, subtype: str, sizes: tuple[int, int, int], magic: bytes
) -> None:
    content = bytearray(encoded("RF64", subtype))
    expected = heard(bytes(content))
    struct.pack_into("<QQQ", content, content.index(b"ds64") + 8, *sizes)
    np.testing.assert_array_equal(heard(magic + bytes(content[4:])), expected)


@pytest.mark.parametrize("filled", [True, False])
def test_a_size_that_is_counted_modulo_4_gib_is_read_to_the_end(tmp_path: Path, encoded, filled: bool) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(encoded("WAV"))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size + 2**32)  # a hole, which takes no room
        if filled:
            file.seek(size)
            file.write(b"\1\0" * 100)
    if not filled:
        with pytest.raises(AudioError, match=r"but 4294967296 more follow, all of them 0; write it anew with: sox"):
            FileRecording(path)
        return
    recording = FileRecording(path)
    assert recording.frames == 8000 + 2**31
    spans = [(7999, 8002), (2**31, 2**31 + 3), (2**31 + 7998, 2**31 + 8010)]
    parts = list(recording.parts(spans, 0))
    assert [len(part) for part in parts] == [3, 3, 2]
    assert parts[0][1:].tolist() == [2**-15, 2**-15]
    assert max(map(len, [next(recording.blocks(0))])) <= 10 * 16_000
