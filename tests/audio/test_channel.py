from __future__ import annotations

import numpy as np
import pytest

from offkey.audio.channel import channels_of, check_channel, is_pair, one_channel, parse_channel
from offkey.errors import AudioError, ParameterError


def test_a_channel_is_read_from_text() -> None:
    assert [parse_channel(text) for text in ("0", "12", "mean", "0-1")] == [0, 12, "mean", "0-1 per bin"]
    assert parse_channel("0-1 per bin") == "0-1 per bin"
    for text in ("left", "-1", "0-", "0-1-2", "", "mean per bin"):
        with pytest.raises(ParameterError, match="an index from 0, 'mean', or a near and a far microphone"):
            parse_channel(text)


def test_a_pair_in_a_file_of_an_earlier_version_still_subtracts_samples() -> None:
    assert [check_channel(text) for text in ("0", "mean", "0-1", "0-1 per bin")] == [0, "mean", "0-1", "0-1 per bin"]
    assert [is_pair(channel) for channel in (0, "mean", "0-1", "0-1 per bin")] == [False, False, False, True]
    assert [channels_of(channel) for channel in (3, "mean", "1-0", "1-0 per bin")] == [[3], [], [1, 0], [1, 0]]


def test_one_channel_the_mean_a_difference_or_a_pair() -> None:
    block = np.array([[1.0, 3.0], [2.0, 5.0]], np.float32)
    assert one_channel(block, 1, "clip").tolist() == [3, 5]
    assert one_channel(block, "mean", "clip").tolist() == [2, 3.5]
    assert one_channel(block, "1-0", "clip").tolist() == [2, 3]
    assert one_channel(block, "1-0 per bin", "clip").tolist() == [[3, 1], [5, 2]]
    for channel in ("0-2", "0-2 per bin"):
        with pytest.raises(AudioError, match="clip has no channel 2: it has 2, counted from 0"):
            one_channel(block, channel, "clip")
