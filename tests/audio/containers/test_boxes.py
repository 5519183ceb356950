from __future__ import annotations

import io
import struct

import pytest

from offkey.audio.containers import ContainerError, promise_of, sound_end


def _box(name: bytes, body: bytes = b"", *, size: int | None = None) -> bytes:
    return struct.pack(">I4s", len(body) + 8 if size is None else size, name) + body


def _end(content: bytes) -> int | None:
    file = io.BytesIO(content)
    promise = promise_of(file, content[:16])
    return None if promise is None else sound_end(promise, file, len(content))


FTYP = _box(b"ftyp", b"M4A \0\0\0\0")


def test_a_box_that_reaches_beyond_the_file_is_missed() -> None:
    whole = FTYP + _box(b"moov", bytes(100)) + _box(b"mdat", bytes(1000))
    assert _end(whole) == len(whole)
    long = FTYP + _box(b"moov") + struct.pack(">I4sQ", 1, b"mdat", 1016) + bytes(1000)
    assert _end(long) == len(long)
    assert _end(FTYP + _box(b"moov") + _box(b"mdat", bytes(50), size=0)) is not None
    for content in (whole, long):
        with pytest.raises(ContainerError, match="is truncated: its header promises 500 bytes more"):
            _end(content[:-500])


def test_a_recording_without_an_index_was_not_closed() -> None:
    with pytest.raises(ContainerError, match="was not closed by what recorded it: the box moov"):
        _end(FTYP + _box(b"mdat", bytes(100)))


def test_a_segment_of_webm_may_be_open() -> None:
    head = b"\x1aE\xdf\xa3\x82ab" + b"\x18S\x80g"
    assert _end(head + b"\x41\xf4" + bytes(500)) == len(head) + 502
    assert _end(head + b"\x01\xff\xff\xff\xff\xff\xff\xff" + bytes(500)) == len(head) + 508
    with pytest.raises(ContainerError, match="is truncated: its header promises 400 bytes more"):
        _end(head + b"\x41\xf4" + bytes(100))


def test_the_data_of_asf_have_a_size_unless_they_are_a_stream() -> None:
    header = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + struct.pack("<Q", 30) + bytes(6)
    data = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
    whole = header + data + struct.pack("<Q", 1024) + bytes(1000)
    assert _end(whole) == len(whole)
    assert _end(header + data + struct.pack("<Q", 0) + bytes(500)) is None
    with pytest.raises(ContainerError, match="is truncated: its header promises 700 bytes more"):
        _end(whole[:-700])
