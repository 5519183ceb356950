"""Sound files of every kind, as bytes to be damaged."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.audio import FileRecording

RATE = 16_000
FRAMES = RATE // 2


@pytest.fixture
def encoded(hum) -> Callable[..., bytes]:
    """Return a function that makes a sound file of half a second."""

    def make(
        container: str, subtype: str | None = None, *, channels: int = 1, frames: int = FRAMES, **how: str
    ) -> bytes:
        file = io.BytesIO()
        sound = np.stack([hum(k)[:frames] for k in range(channels)], axis=1)
        soundfile.write(file, sound, RATE, format=container, subtype=subtype, **how)
        return file.getvalue()

    return make


@pytest.fixture
def heard(tmp_path: Path) -> Callable[[bytes], np.ndarray]:
    """Return a function that reads a file as clips are read, whole and in parts, which must agree."""

    def read(content: bytes) -> np.ndarray:
        path = tmp_path / "clip"
        path.write_bytes(content)
        recording = FileRecording(path)
        whole = np.concatenate(list(recording.blocks(0)))
        assert recording.frames == len(whole)
        assert recording.seconds == len(whole) / recording.rate
        end = len(whole)
        spans = [(10, 60), (end - 20, end + 20)]
        for (start, stop), part in zip(spans, recording.parts(spans, 0), strict=True):
            np.testing.assert_allclose(part, whole[start:stop], atol=1e-6)
        return whole

    return read
