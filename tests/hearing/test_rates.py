from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.audio import ArrayRecording
from offkey.hearing.rates import HIGHEST_RATE, common_rate

MIXED = [  # rates with the number of clips, the rate of the model, how many have no say
    ({16_000: 25}, 16_000, 0),
    ({44_100: 12, 48_000: 12}, 44_100, 0),
    ({16_000: 1, 48_000: 24}, 16_000, 0),
    ({16_000: 12, 48_000: 12}, 16_000, 0),
    ({8_000: 1, 16_000: 24}, 8_000, 0),
    ({11_025: 1, 44_100: 24}, 11_025, 0),
    ({7_812: 24, 16_000: 1}, 7_812, 0),
    ({15_625: 6, 16_000: 18}, 15_625, 0),
    ({8_000: 6, 48_000: 18}, 8_000, 0),
    ({96_000: 3, 192_000: 20}, 48_000, 0),
    ({3_000: 3, 4_000: 3, 5_000: 3}, 3_000, 0),
    ({400: 1, 16_000: 24}, 16_000, 1),
    ({500: 1, 16_000: 1}, 16_000, 1),
    ({990: 1, 16_000: 24}, 16_000, 1),
    ({7_999: 1, 16_000: 24}, 16_000, 1),
    ({999: 12, 16_000: 12}, 16_000, 12),
    ({3_000: 1, 4_000: 1, 7_777: 1, 48_000: 22}, 48_000, 3),
    ({5_000: 1, 8_000: 2, 16_000: 22}, 8_000, 1),
    ({8_000: 1, 48_000: 24}, 48_000, 1),
    ({500: 6}, 500, 0),
    ({400: 1, 800: 24}, 800, 1),
]


@pytest.mark.parametrize(("clips", "expected", "odd"), MIXED)
def test_the_rate_is_the_lowest_that_is_no_error(clips: dict[int, int], expected: int, odd: int) -> None:
    sources = [ArrayRecording(np.zeros(1), rate, str(rate)) for rate, count in clips.items() for _ in range(count)]
    rate, notes = common_rate(sources, None, 1)
    assert rate == expected
    told = [f"The rates of {odd} of {len(sources)} clips, such as {min(clips)} with {min(clips)} Hz,"] if odd else []
    usual = max(clips, key=lambda one: (clips[one], one))
    if expected < min(usual, HIGHEST_RATE):
        told.append(f"The model reads at {expected} Hz because of {clips[expected]} of {len(sources)} clips,")
    assert [note[: len(start)] for note, start in zip(notes, told, strict=True)] == told
    assert common_rate(sources[::-1], None, 2)[0] == expected


@pytest.mark.parametrize("lie", [1, 7, 500, 3_000, 7_999])
def test_one_header_that_lies_costs_its_own_clip(normal_folder: Path, tmp_path: Path, hum, lie: int) -> None:
    soundfile.write(tmp_path / "lying.wav", hum(70), 16_000)
    content = bytearray((tmp_path / "lying.wav").read_bytes())
    content[24:28] = struct.pack("<I", lie)
    (tmp_path / "lying.wav").write_bytes(content)
    model = offkey.fit([tmp_path, normal_folder], detector="knn")
    assert (model.rate, model.fitted_on.clips) == (16_000, 24)
    ((name, reason),) = model.fitted_on.left_out
    assert Path(name).name == "lying.wav"
    assert f"{lie} Hz" in reason
    is_rate = lie >= 400  # below, the clip is refused when it is opened
    assert ("but at least 16000 Hz are needed" in reason) == is_rate
    assert any("taken for errors of their headers" in note for note in model.fitted_on.notes) == is_rate
