from __future__ import annotations

from pathlib import Path

import pytest

from offkey.audio import FileRecording
from offkey.errors import AudioError


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_a_file_cut_between_two_pages_or_within_the_last_is_truncated(tmp_path: Path, encoded, subtype: str) -> None:
    content = encoded("OGG", subtype, channels=2)
    for cut in (content.rindex(b"OggS"), len(content) - 1, content.rindex(b"OggS") + 10):
        (tmp_path / "clip.ogg").write_bytes(content[:cut])
        with pytest.raises(AudioError, match="is truncated: its last page does not end the stream"):
            FileRecording(tmp_path / "clip.ogg")


def test_a_tag_behind_the_last_page_is_no_sound(tmp_path: Path, encoded) -> None:
    (tmp_path / "clip.ogg").write_bytes(encoded("OGG") + b"TAG" + bytes(125))
    assert FileRecording(tmp_path / "clip.ogg").frames == 8000


def test_a_stream_after_another_is_not_left_unheard(tmp_path: Path, encoded) -> None:
    (tmp_path / "clip.ogg").write_bytes(encoded("OGG") + encoded("OGG"))
    with pytest.raises(AudioError, match="holds several streams one after another"):
        FileRecording(tmp_path / "clip.ogg")
