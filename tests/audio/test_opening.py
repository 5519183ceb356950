from __future__ import annotations

from pathlib import Path

import pytest

from offkey.audio import FileRecording
from offkey.errors import AudioError

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LFS, "is a Git LFS pointer, not the sound: run 'git lfs pull'"),
        (b"\n <!DOCTYPE html><html><title>404</title></html>", "it is a page of HTML"),
        (b"<HTML lang=de>", "it is a page of HTML"),
        ("Wärme\tim Lager\r\n".encode() * 100, "it is text that begins with 'Wärme\\tim Lager"),
        (b'{"message": "Not Found"}', 'it is text that begins with \'{"message"'),
        (bytes(range(256)), "is no sound file that can be decoded ("),
    ],
)
@pytest.mark.parametrize("ending", ["wav", "mp3", "flac", "ogg", "aiff"])
def test_what_is_no_sound_is_told_for_what_it_is(tmp_path: Path, content: bytes, words: str, ending: str) -> None:
    path = tmp_path / f"clip.{ending}"
    path.write_bytes(content)
    with pytest.raises(AudioError) as caught:
        FileRecording(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_number_of_channels_that_no_sound_has_is_refused(tmp_path: Path) -> None:
    head = b".snd" + b"".join(number.to_bytes(4, "big") for number in (24, 0xFFFFFFFF, 3, 16_000, 0xE2F9_1B7B))
    (tmp_path / "x.au").write_bytes(head + bytes(4000))
    with pytest.raises(AudioError, match="is no sound file that can be decoded"):
        FileRecording(tmp_path / "x.au")
