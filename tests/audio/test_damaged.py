"""Damaged recordings of every kind: an error in a sentence or sound, and never anything else."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.audio import FileRecording
from offkey.errors import AudioError

KINDS = [
    *(("WAV", "PCM_16", "FILE"), ("WAV", "PCM_24", "BIG"), ("WAVEX", "FLOAT", "FILE"), ("WAV", "MS_ADPCM", "FILE")),
    *(("RF64", "PCM_16", "FILE"), ("W64", "PCM_16", "FILE"), ("AIFF", "PCM_16", "FILE"), ("AIFF", "FLOAT", "FILE")),
    *(("AU", "PCM_16", "BIG"), ("AU", "PCM_16", "LITTLE"), ("CAF", "PCM_16", "FILE"), ("CAF", "ALAC_16", "FILE")),
    *(("NIST", "PCM_16", "FILE"), ("OGG", "VORBIS", "FILE"), ("OGG", "OPUS", "FILE"), ("FLAC", "PCM_16", "FILE")),
]
VALUES = (b"\xff" * 8, bytes(8), b"\x7f" + b"\xff" * 7, b"\x80" + bytes(7), b"\xff" * 7 + b"\x7f")


def _hear(path: Path) -> None:
    try:
        recording = FileRecording(path)
        heard = sum(map(len, recording.blocks(0)))
        list(recording.parts([(10, 50), (3000, 3100)], 0))
    except AudioError as error:
        assert "\n" not in str(error)  # noqa: PT017 - not every file fails
    else:
        assert 0 < heard < 10_000_000


@pytest.mark.parametrize(("container", "subtype", "endian"), KINDS)
def test_a_header_with_any_bytes_is_an_error_or_sound(
    tmp_path: Path, hum, container: str, subtype: str, endian: str
) -> None:
    file = io.BytesIO()
    sound = np.stack([hum(0)[:4000], hum(1)[:4000]], axis=1)
    soundfile.write(file, sound, 16_000, format=container, subtype=subtype, endian=endian)
    content, dice = file.getvalue(), random.Random(f"{container} {subtype} {endian}")  # noqa: S311 - no secret
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(dice.choice((1, 1, 3))):
            at, width = dice.randrange(min(len(content), dice.choice((64, 128, 600)))), dice.choice((1, 2, 4, 8))
            damaged[at : at + width] = dice.choice((*VALUES, dice.randbytes(8)))[:width]
        (tmp_path / "clip").write_bytes(damaged)
        _hear(tmp_path / "clip")
