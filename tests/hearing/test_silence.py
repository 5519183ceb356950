from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.audio import ArrayRecording, FileRecording
from offkey.audio.channel import Channel
from offkey.errors import AudioError
from offkey.hearing.silence import check_window
from offkey.hearing.windows import Window, read_windows

RATE = 16_000


def _message(recording, channel: Channel) -> str | None:
    (window,) = read_windows(recording, rate=RATE, channel=channel)
    try:
        check_window(window, RATE, channel, recording=lambda: recording, name="clip", at_least=1024)
    except AudioError as error:
        return str(error)
    return None


def _file(tmp_path: Path, *channels: np.ndarray, subtype: str = "PCM_16") -> FileRecording:
    soundfile.write(tmp_path / "clip.wav", np.stack(channels, axis=1), RATE, subtype=subtype)
    return FileRecording(tmp_path / "clip.wav")


def test_a_silent_channel_beside_a_live_one_names_it(tmp_path: Path, hum) -> None:
    live, dead = hum(), 0 * hum()
    told = "clip: channel 0 of 2 is silent, channel 1 is not: fit with --channel 1, and score with that model."
    assert _message(_file(tmp_path, dead, live), 0) == told
    assert _message(ArrayRecording(np.stack([dead, live], axis=1), RATE), 0) == told
    assert _message(_file(tmp_path, live, dead, live), 1) == (
        "clip: channel 1 of 3 is silent, 2 others are not: fit with --channel 0, and score with that model."
    )
    assert _message(_file(tmp_path, live, dead), 0) is None


def test_silence_everywhere_is_a_dead_microphone(tmp_path: Path, hum) -> None:
    for channel in (0, "mean", "0-1"):
        assert "is digital silence" in str(_message(_file(tmp_path, 0 * hum(), 0 * hum()), channel))


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize("rest", [0.0, 1e-6, 5e-3])
def test_channels_in_opposite_phase_cancel_in_the_mean(tmp_path: Path, hum, subtype: str, rest: float) -> None:
    recording = _file(tmp_path, hum(), rest * hum(1) - hum(), subtype=subtype)
    assert _message(recording, "mean") == (
        "clip: its 2 channels cancel each other in the mean; choose one: "
        "fit with --channel 0, and score with that model."
    )
    assert _message(recording, 0) is None
    assert _message(recording, "0-1") is None


def test_equal_channels_leave_nothing_of_their_difference(tmp_path: Path, hum) -> None:
    recording = _file(tmp_path, hum(), hum())
    assert str(_message(recording, "0-1")).startswith(
        "clip: channels 0 and 1 are equal, their difference is silence: fit"
    )
    assert _message(recording, "mean") is None
    assert _message(_file(tmp_path, 1e-5 * hum(), 1e-5 * hum(1), subtype="FLOAT"), "mean") is None


def test_only_the_window_that_is_silent_is_looked_at_again(tmp_path: Path, hum) -> None:
    stops = np.concatenate([hum(), 0 * hum()])
    soundfile.write(tmp_path / "clip.wav", np.stack([stops, np.concatenate([hum(), hum()])], axis=1), RATE)
    recording = FileRecording(tmp_path / "clip.wav")
    check = {"recording": lambda: recording, "name": "clip", "at_least": 1024}
    check_window(Window(stops[:RATE], 0, 1), RATE, 0, **check)
    with pytest.raises(AudioError, match="channel 0 of 2 is silent, channel 1 is not"):
        check_window(Window(stops[RATE:], 1, 2), RATE, 0, **check)


def test_a_channel_with_sound_at_its_ends_alone_is_silence_and_no_difference() -> None:
    samples = np.zeros(RATE, np.float32)
    samples[-100:] = 0.1
    assert str(_message(ArrayRecording(samples, RATE), 0)).startswith("clip is digital silence: every sample is 0;")
