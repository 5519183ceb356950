"""Channels that a source is known to have, and those that it lacks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from offkey.errors import UsageError
from offkey.watch.acquisition.channels import channels_given, check_channels
from offkey.watch.settings import MachineSettings


def _machine(**source: Any) -> MachineSettings:
    return MachineSettings.model_validate({"name": "pump 7", "model": "pump.offkey", "source": source})


def _record(path: Path, channels: int, at: float) -> None:
    soundfile.write(path, np.zeros((1600, channels), np.float32), 16_000)
    os.utime(path, (at, at))


def test_channels_are_those_of_the_source_or_of_the_newest_files(tmp_path: Path) -> None:
    assert channels_given(_machine(kind="simulated", machine="fan"), tmp_path) == 1
    assert channels_given(_machine(kind="stdin", rate=16_000, channels=3), tmp_path) == 3
    recorder = _machine(kind="folder", path="in")
    assert channels_given(recorder, tmp_path) is None
    folder = tmp_path / "in"
    folder.mkdir()
    assert channels_given(recorder, tmp_path) is None
    (folder / "torn.wav").write_bytes(b"RIFF")
    assert channels_given(recorder, tmp_path) is None
    _record(folder / "old.wav", 8, 1e9)
    assert channels_given(recorder, tmp_path) == 8
    for number in range(5):
        _record(folder / f"{number}.wav", 1 + number % 2, 2e9 + number)
    assert channels_given(recorder, tmp_path) == 2


@pytest.mark.parametrize("channel", [0, 1, "mean", "0-1", "1-0 per bin"])
def test_channels_that_are_there_are_accepted(channel: int | str, tmp_path: Path) -> None:
    check_channels(_machine(kind="ffmpeg", url="udp://x", channels=2), tmp_path, channel, "learn_channel")


def test_channels_that_cannot_be_known_are_accepted(tmp_path: Path) -> None:
    check_channels(_machine(kind="folder", path="in"), tmp_path, 999, "learn_channel")


def test_a_channel_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        check_channels(_machine(kind="simulated", machine="fan"), tmp_path, 999, "learn_channel")
    assert str(raised.value) == (
        "pump 7: learn_channel is 999, but its source gives 1 channel, which is 0: choose one of them, or 'mean'."
    )
    with pytest.raises(UsageError, match=r"0-2 per bin, .* 2 channels, counted from 0: .* channels = 3 if it has so"):
        check_channels(_machine(kind="ffmpeg", url="udp://x", channels=2), tmp_path, "0-2 per bin", "learn_channel")
