from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from offkey.errors import OffkeyError
from offkey.learned.discriminative import cache
from offkey.learned.discriminative.cache import Cache
from offkey.learned.discriminative.inputs import Inputs
from offkey.work.keyed_store import KeyedStore, part_of

INPUTS = Inputs(16_000, 1.0, (0.064,))


def _nothing() -> None:
    """Show no progress."""


def test_rows_are_what_the_clips_gave(tmp_path: Path, make_clip) -> None:
    clips = [make_clip(0), make_clip(1, seconds=2.5), replace(make_clip(2), sounds=list), make_clip(3)]
    kept = Cache(tmp_path / "cache", INPUTS)
    kept.add(clips, jobs=2, advance=_nothing)
    rows, of_row, (*arrays, statistics) = kept.load([clips[3], clips[1], clips[2], clips[3]])
    assert rows.tolist() == [2, 0, 1, 2]
    assert [clip.name for clip in of_row] == ["3.wav", "1.wav", "1.wav", "3.wav"]
    assert len(statistics) == 3
    expected = INPUTS(next(iter(clips[3].sounds())))
    for array, values in zip(arrays, expected, strict=True):
        np.testing.assert_allclose(array[2], values, atol=1e-6, rtol=1e-3)


def test_of_clips_of_which_nothing_can_be_used_there_is_no_row(tmp_path: Path, make_clip) -> None:
    kept = Cache(tmp_path / "cache", INPUTS)
    empty = replace(make_clip(0), sounds=list)
    kept.add([empty], jobs=1, advance=_nothing)
    rows, of_row, arrays = Cache(tmp_path / "cache", INPUTS).load([empty])
    assert (len(rows), of_row, [len(array) for array in arrays]) == (0, [], [0, 0, 0])


def test_what_was_heard_is_not_heard_again(tmp_path: Path, make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_PART_CLIPS", 8)
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
    for one, other in zip(again.load(clips)[2], whole.load(clips)[2], strict=True):
        np.testing.assert_array_equal(one, other)


def test_inputs_of_another_form_are_refused(tmp_path: Path, make_clip) -> None:
    clip = make_clip(0)
    rows = pl.DataFrame({"key": [clip.key], "inputs": [b"short"]})
    KeyedStore(str(tmp_path / "cache"), {"inputs": pl.Binary}).write(rows)
    with pytest.raises(OffkeyError, match="cache holds inputs of another form: delete it"):
        Cache(tmp_path / "cache", INPUTS).load([clip])


def test_a_part_that_is_not_as_it_was_written_is_computed_again(
    tmp_path: Path, make_clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_PART_CLIPS", 2)
    clips = [make_clip(k) for k in range(4)]
    kept = Cache(tmp_path / "cache", INPUTS)
    kept.add(clips, jobs=1, advance=_nothing)
    before = [np.array(array) for array in kept.load(clips)[2]]
    part = tmp_path / "cache" / part_of([clip.key for clip in clips[2:]])
    whole = part.read_bytes()
    content = bytearray(whole)
    content[len(content) // 2] ^= 4
    part.write_bytes(content)
    heard: list[str] = []
    watched = [replace(clip, sounds=lambda clip=clip: heard.append(clip.name) or clip.sounds()) for clip in clips]
    again = Cache(tmp_path / "cache", INPUTS)
    again.add(watched, jobs=1, advance=_nothing)
    assert heard == [clip.name for clip in clips[2:]]
    assert part.read_bytes() == whole
    for one, other in zip(again.load(clips)[2], before, strict=True):
        np.testing.assert_array_equal(one, other)
