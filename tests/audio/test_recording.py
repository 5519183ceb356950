from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.audio import ArrayRecording, FileRecording
from offkey.errors import AudioError

RATE = 16_000


def _sound(path: Path, channel: int | str = 0) -> np.ndarray:
    return np.concatenate(list(FileRecording(path).blocks(channel)))


@pytest.mark.parametrize(
    ("suffix", "subtype", "tolerance"),
    [
        ("wav", "PCM_16", 2**-15),
        ("wav", "PCM_24", 2**-23),
        ("wav", "PCM_32", 2**-24),
        ("wav", "FLOAT", 0),
        ("flac", "PCM_16", 2**-15),
        ("ogg", "VORBIS", 0.05),
        ("mp3", "MPEG_LAYER_III", 0.05),
    ],
)
def test_formats_are_decoded(tmp_path: Path, hum, suffix: str, subtype: str, tolerance: float) -> None:
    sound, path = hum(), tmp_path / f"clip.{suffix}"
    soundfile.write(path, sound, RATE, subtype=subtype)
    decoded = _sound(path)
    assert decoded.dtype == np.float32
    assert FileRecording(path).rate == RATE
    np.testing.assert_allclose(decoded[: len(sound)], sound, atol=tolerance)


def test_channels_are_chosen_or_averaged(tmp_path: Path, hum) -> None:
    channels = np.stack([hum(0), hum(1), hum(2)], axis=1)
    path = tmp_path / "clip.wav"
    soundfile.write(path, channels, RATE, subtype="FLOAT")
    np.testing.assert_array_equal(_sound(path, 2), channels[:, 2])
    np.testing.assert_allclose(_sound(path, "mean"), channels.mean(axis=1), atol=1e-7)
    np.testing.assert_allclose(_sound(path, "0-2"), channels[:, 0] - channels[:, 2])
    for missing in (3, "0-3", "3-0"):
        with pytest.raises(AudioError, match="has no channel 3: it has 3, counted from 0"):
            _sound(path, missing)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bad_empty.wav", "is empty: expected a sound file, found 0 bytes"),
        ("bad_header_only.wav", "has a header but no sound"),
        ("bad_truncated.wav", "is truncated: its header promises 16"),
        ("bad_text.wav", "is no sound file that can be decoded"),
        ("bad_unreadable.wav", "cannot be read: it is a link, and what it leads to is not there"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(mixed_folder: Path, name: str, words: str) -> None:
    with pytest.raises(AudioError) as caught:
        FileRecording(mixed_folder / name)
    message = str(caught.value)
    assert words in message
    assert name in message
    assert "\n" not in message


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have pipes with names")
def test_a_pipe_a_socket_a_device_and_a_folder_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "live.wav")
    (tmp_path / "link.wav").symlink_to(tmp_path / "live.wav")
    (tmp_path / "album.wav").mkdir()
    named = {"live": "pipe", "link": "pipe", "album": "folder"}
    for name, kind in named.items():
        with pytest.raises(
            AudioError, match=rf"{name}\.wav is a {kind}, not a regular file: write the sound to a file"
        ):
            FileRecording(tmp_path / f"{name}.wav")
    with pytest.raises(AudioError, match="/dev/null is a device, not a regular file"):
        FileRecording(Path("/dev/null"))
    with socket.socket(socket.AF_UNIX) as unix, contextlib.chdir(tmp_path):  # the whole path may be too long for one
        unix.bind("s.wav")
        with pytest.raises(AudioError, match=r"s\.wav is a socket, not a regular file"):
            FileRecording(tmp_path / "s.wav")


@pytest.mark.parametrize("name", ["a\0b.wav", "a" * 5000, "\ud800.wav"])
def test_a_name_that_no_file_can_have_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(AudioError, match=r"cannot be read: (?!None)"):
        FileRecording(tmp_path / name, name="clip")
    with pytest.raises(AudioError, match=r"cannot be read: (?!None)"):
        FileRecording(tmp_path / name)


def test_a_flac_file_that_breaks_off_is_truncated(tmp_path: Path, hum) -> None:
    path = tmp_path / "clip.flac"
    soundfile.write(path, hum(seconds=5), RATE)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AudioError, match=r"truncated|cannot be decoded"):
        _sound(path)


def test_a_wav_file_written_to_a_pipe_has_an_open_size_and_is_fine(tmp_path: Path, hum) -> None:
    path = tmp_path / "clip.wav"
    soundfile.write(path, hum(), RATE)
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert len(_sound(path)) == RATE


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg"])
def test_parts_are_those_of_the_whole(tmp_path: Path, hum, ending: str) -> None:
    path = tmp_path / f"clip.{ending}"
    soundfile.write(path, np.stack([hum(k, seconds=10) for k in (0, 1)], axis=1), RATE)
    whole = np.concatenate(list(FileRecording(path).blocks(1)))
    end = 10 * RATE
    spans = [(8000, 8100), (0, 50), (end - 10, end + 10), (2 * end, 2 * end + 5)]
    parts = list(FileRecording(path).parts(spans, 1))
    assert [len(part) for part in parts] == [100, 50, 10, 0]
    for (start, stop), part in zip(spans, parts, strict=True):
        np.testing.assert_allclose(part, whole[start:stop], atol=1e-6)
    with pytest.raises(AudioError, match="has no channel 2"):
        list(FileRecording(path).parts(spans, 2))


def test_the_digest_is_that_of_the_content(tmp_path: Path, hum) -> None:
    soundfile.write(tmp_path / "a.wav", hum(0), RATE)
    (tmp_path / "b.wav").write_bytes((tmp_path / "a.wav").read_bytes())
    soundfile.write(tmp_path / "c.wav", hum(1), RATE)
    a, b, c = (FileRecording(tmp_path / f"{name}.wav").digest() for name in "abc")
    assert a == b != c
    assert ArrayRecording(hum(0), RATE).digest() != ArrayRecording(hum(1), RATE).digest()


@pytest.mark.skipif(os.name != "posix", reason="only POSIX systems have names of any bytes")
def test_a_name_that_is_not_utf_8_is_read_and_written_with_escapes(tmp_path: Path, hum) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/gr\xfc\xdfe.wav"))
    try:
        with path.open("wb") as file:
            soundfile.write(file, hum(), RATE, format="WAV")
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    recording = FileRecording(path)
    assert recording.name == f"{tmp_path}/gr\\xfc\\xdfe.wav"
    assert len(_sound(path)) == RATE


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_samples_are_those_of_the_decoder(tmp_path: Path, subtype: str) -> None:
    sound = np.random.default_rng(0).uniform(-1, 1, (3000, 2))
    sound[0] = [-1, 1]
    soundfile.write(tmp_path / "a.wav", sound, 16_000, subtype=subtype)
    expected = soundfile.read(tmp_path / "a.wav", dtype="float32")[0]
    heard = np.concatenate(list(FileRecording(tmp_path / "a.wav").blocks(1)))
    assert heard.dtype == np.float32
    np.testing.assert_array_equal(heard, expected[:, 1])


def test_a_block_is_bounded_whatever_the_header_claims(tmp_path: Path) -> None:
    channels, rate = 1000, 96_000
    sound = np.random.default_rng(0).integers(-9000, 9000, (18_000, channels), dtype=np.int16)
    soundfile.write(tmp_path / "clip.wav", sound, rate)
    recording = FileRecording(tmp_path / "clip.wav")
    blocks = list(recording.blocks(999))
    assert max(map(len, blocks)) * channels <= 1 << 24
    np.testing.assert_array_equal(np.concatenate(blocks), sound[:, 999] / np.float32(32768))
    (part,) = recording.parts([(5, 17_500)], 999)
    np.testing.assert_array_equal(part, np.concatenate(blocks)[5:17_500])
    assert sum(map(len, recording.every_channel(0.05, 0.15))) == 9600


def test_a_flac_file_written_to_a_pipe_does_not_tell_its_length_and_is_read_to_the_end(tmp_path: Path, hum) -> None:
    path = tmp_path / "clip.flac"
    soundfile.write(path, hum(seconds=3), RATE)
    expected = _sound(path)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0  # the number of samples has 36 bits
    content[22:26] = bytes(4)
    path.write_bytes(content)
    assert FileRecording(path).seconds is None
    np.testing.assert_array_equal(_sound(path), expected)
    (part,) = FileRecording(path).parts([(20_000, 20_100)], 0)
    np.testing.assert_array_equal(part, expected[20_000:20_100])
