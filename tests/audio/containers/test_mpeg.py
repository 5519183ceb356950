from __future__ import annotations

from pathlib import Path

import pytest

from offkey.audio import FileRecording
from offkey.errors import AudioError

ID3 = b"ID3\4\0\0\0\0\0\x0a" + bytes(10)


@pytest.mark.parametrize("before", [b"", ID3, ID3 + ID3])
def test_the_first_frame_tells_how_many_bytes_there_are(tmp_path: Path, encoded, before: bytes) -> None:
    path = tmp_path / "clip.mp3"
    content = encoded("MP3", channels=2)
    path.write_bytes(before + content + b"TAG" + bytes(125))
    assert FileRecording(path).frames == 8000
    path.write_bytes(before + content[:-200])
    with pytest.raises(AudioError, match="is truncated: its header promises 200 bytes more"):
        FileRecording(path)


def test_a_recording_glued_to_another_is_not_left_unheard(tmp_path: Path, encoded) -> None:
    (tmp_path / "clip.mp3").write_bytes(2 * encoded("MP3"))
    with pytest.raises(AudioError, match="is longer than its header says"):
        FileRecording(tmp_path / "clip.mp3")


def test_a_stream_without_a_first_frame_that_tells_promises_nothing(tmp_path: Path, encoded) -> None:
    content = encoded("MP3")
    for tag in (b"Xing", b"Info"):
        content = content.replace(tag, b"\0\0\0\0")
    (tmp_path / "clip.mp3").write_bytes(content[:-300])
    assert sum(map(len, FileRecording(tmp_path / "clip.mp3").blocks(0))) > 4000
