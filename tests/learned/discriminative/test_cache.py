from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offkey.learned.discriminative import cache
from offkey.learned.discriminative.cache import Cache
from offkey.learned.discriminative.inputs import Inputs

INPUTS = Inputs(16_000, 1.0, (0.064,))


def _nothing() -> None:
    """Show no progress."""


def test_rows_are_what_the_clips_gave(tmp_path: Path, make_clip) -> None:
    clips = [make_clip(0), make_clip(1, seconds=2.5), replace(make_clip(2), sounds=list), make_clip(3)]
    kept = Cache(tmp_path / "cache", INPUTS)
    kept.add(clips, jobs=2, advance=_nothing)
    rows, of_row = kept.rows_of([clips[3], clips[1], clips[2]])
    assert rows.tolist() == [3, 1, 2]
    assert [clip.name for clip in of_row] == ["3.wav", "1.wav", "1.wav"]
    spectrum, spectrogram, _statistics = kept.arrays()
    expected = INPUTS(next(iter(clips[3].sounds())))
    for array, values in zip((spectrum, spectrogram), expected, strict=True):
        np.testing.assert_allclose(array[3], values, atol=1e-6, rtol=1e-3)


def test_what_was_heard_is_not_heard_again(tmp_path: Path, make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_AT_A_TIME", 8)
    clips = [make_clip(k) for k in range(20)]

    def broken() -> list[np.ndarray]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path / "cache", INPUTS).add(
            [*clips[:18], replace(clips[18], sounds=broken)], jobs=1, advance=_nothing
        )
    heard: list[str] = []

    def watched(clip):
        return replace(clip, sounds=lambda: heard.append(clip.name) or clip.sounds())

    steps: list[int] = []
    again = Cache(tmp_path / "cache", INPUTS)
    again.add([watched(clip) for clip in clips], jobs=1, advance=lambda: steps.append(1))
    assert heard == [clip.name for clip in clips[16:]]  # two blocks of eight were whole
    assert len(steps) == 20
    whole = Cache(tmp_path / "whole", INPUTS)
    whole.add(clips, jobs=1, advance=_nothing)
    for one, other in zip(again.arrays(), whole.arrays(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["input0.f16", "input2.f16", "rows.jsonl"])
def test_what_is_not_as_it_was_written_is_heard_again(tmp_path: Path, make_clip, name: str) -> None:
    clips = [make_clip(k) for k in range(4)]
    Cache(tmp_path / "cache", INPUTS).add(clips, jobs=1, advance=_nothing)
    whole = {path.name: path.read_bytes() for path in (tmp_path / "cache").iterdir()}
    content = bytearray(whole[name])
    content[len(content) * 5 // 8] ^= 4  # in what belongs to the third clip
    (tmp_path / "cache" / name).write_bytes(content)
    heard: list[str] = []
    watched = [replace(clip, sounds=lambda clip=clip: heard.append(clip.name) or clip.sounds()) for clip in clips]
    Cache(tmp_path / "cache", INPUTS).add(watched, jobs=1, advance=_nothing)
    assert heard == [clip.name for clip in clips[2:]]
    assert {path.name: path.read_bytes() for path in (tmp_path / "cache").iterdir()} == whole
    (tmp_path / "cache" / name).unlink()
    Cache(tmp_path / "cache", INPUTS).add(clips, jobs=1, advance=_nothing)
    assert {path.name: path.read_bytes() for path in (tmp_path / "cache").iterdir()} == whole
