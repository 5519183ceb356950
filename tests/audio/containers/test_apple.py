from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from offkey.audio import FileRecording
from offkey.errors import AudioError


def _aiff(encoded, frames: int, size: int) -> bytes:
    content = bytearray(encoded("AIFF"))
    struct.pack_into(">I", content, content.index(b"COMM") + 10, frames)
    struct.pack_into(">I", content, content.index(b"SSND") + 4, size)
    return bytes(content)


@pytest.mark.parametrize(("frames", "size"), [(8000, 8), (8000, 8008), (0, 16_008), (4000, 16_008), (0, 0), (0, 8)])
def test_of_the_two_counts_of_an_aiff_file_the_greater_is_heard(encoded, heard, frames: int, size: int) -> None:
    np.testing.assert_array_equal(heard(_aiff(encoded, frames, size)), heard(encoded("AIFF")))


def test_frames_that_an_aiff_file_lacks_are_missed_though_its_bytes_are_there(tmp_path: Path, encoded) -> None:
    (tmp_path / "clip.aiff").write_bytes(_aiff(encoded, 16_000, 16_008))
    with pytest.raises(AudioError, match="is truncated: its header promises 16000 bytes more"):
        FileRecording(tmp_path / "clip.aiff")


@pytest.mark.parametrize("size", [0x7FFFF000, 0xFFFFFFFF])
def test_open_sizes_of_an_aiff_file_are_read_to_the_end(encoded, heard, size: int) -> None:
    assert len(heard(_aiff(encoded, 0xFFFFFFFF, size))) == 8000


def test_a_chunk_behind_the_sound_of_an_aiff_file_is_no_sound(encoded, heard) -> None:
    assert len(heard(encoded("AIFF") + b"NAME" + struct.pack(">I", 3) + b"abc\0")) == 8000


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "ULAW"])
def test_a_caf_file_of_size_minus_one_is_open(encoded, heard, subtype: str) -> None:
    content = bytearray(encoded("CAF", subtype, channels=2))
    expected = heard(bytes(content))
    struct.pack_into(">q", content, content.index(b"data") + 4, -1)
    np.testing.assert_array_equal(heard(bytes(content)), expected)
