from __future__ import annotations

import numpy as np
import pytest

from offkey.audio.channel import one_channel, parse_channel
from offkey.errors import AudioError, ParameterError


def test_a_channel_is_read_from_text() -> None:
    assert [parse_channel(text) for text in ("0", "12", "mean", "0-1")] == [0, 12, "mean", "0-1"]
    for text in ("left", "-1", "0-", "0-1-2", ""):
        with pytest.raises(ParameterError, match="The channel must be an index from 0, 'mean', or a difference"):
            parse_channel(text)


def test_one_channel_the_mean_or_a_difference() -> None:
    block = np.array([[1.0, 3.0], [2.0, 5.0]], np.float32)
    assert one_channel(block, 1, "clip").tolist() == [3, 5]
    assert one_channel(block, "mean", "clip").tolist() == [2, 3.5]
    assert one_channel(block, "1-0", "clip").tolist() == [2, 3]
    with pytest.raises(AudioError, match="clip has no channel 2: it has 2, counted from 0"):
        one_channel(block, "0-2", "clip")
