from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.audio import Windowing
from offkey.evaluation.benchmark.feature_store import FeatureStore
from offkey.evaluation.benchmark.groups import Clip
from offkey.features import create
from offkey.model.extraction import Extractor


@pytest.fixture
def extractor() -> Extractor:
    return Extractor(create("logmel", n_mels=16), 16_000, 0, Windowing(), digest=True)


@pytest.fixture
def clips(mixed_folder: Path) -> list[Clip]:
    return [Clip(path, path.name, None, None, f"{path.name}|1") for path in sorted(mixed_folder.iterdir())]


def test_what_was_read_is_found_again_and_equal(
    tmp_path: Path, extractor: Extractor, clips: list[Clip], reads: list[str]
) -> None:
    store = FeatureStore(tmp_path / "f", extractor)
    assert store.missing([*clips, *clips]) == clips
    store.add(clips, jobs=2)
    n_read = len(reads)
    for found in (store, FeatureStore(tmp_path / "f", extractor)):
        assert found.missing(clips) == []
        for clip, heard in zip(clips, found.load(clips), strict=True):
            expected = extractor.one(clip.path)
            assert (heard.name, heard.digest, len(heard.pieces)) == (clip.name, expected.digest, len(expected.pieces))
            for piece, same in zip(heard.pieces, expected.pieces, strict=True):
                assert (piece.start_s, piece.end_s, piece.error) == (same.start_s, same.end_s, same.error)
                assert (piece.vector is None) == (same.vector is None)
                if piece.vector is not None:
                    np.testing.assert_array_equal(piece.vector, same.vector)
    assert n_read == len({*reads[:n_read]})  # what cannot be opened is not decoded


def test_a_clip_that_changed_is_missing(tmp_path: Path, extractor: Extractor, clips: list[Clip]) -> None:
    store = FeatureStore(tmp_path, extractor)
    store.add(clips[:2], jobs=1)
    changed = Clip(clips[0].path, clips[0].name, None, None, f"{clips[0].name}|2")
    assert store.missing([changed, clips[1]]) == [changed]


def test_windows_of_long_recordings_are_kept_apart(tmp_path: Path, extractor: Extractor, hum) -> None:
    import soundfile

    sound = hum(0, seconds=70)
    sound[:160_000] = 0
    soundfile.write(tmp_path / "long.wav", sound, 16_000)
    clip = Clip(tmp_path / "long.wav", "long.wav", None, None, "long")
    store = FeatureStore(tmp_path / "f", extractor)
    store.add([clip], jobs=1)
    pieces = store.load([clip])[0].pieces
    assert [(piece.start_s, piece.end_s) for piece in pieces] == [(10 * k, 10 * k + 10) for k in range(7)]
    assert [piece.error is None for piece in pieces] == [False] + [True] * 6


def test_what_was_read_before_it_broke_off_is_kept(
    tmp_path: Path, extractor: Extractor, clips: list[Clip], reads: list[str]
) -> None:
    store = FeatureStore(tmp_path, extractor)
    left = iter(range(3))

    def break_off() -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.add(clips, jobs=1, advance=break_off)
    again = FeatureStore(tmp_path, extractor)
    assert again.missing(clips) == clips[3:]
    before = set(reads)
    reads.clear()
    again.add(again.missing(clips), jobs=1)
    assert len(again.load(clips)) == len(clips)
    kept = {str(clip.path) for clip in clips[:3]}
    assert not set(reads) & before & kept


def test_a_damaged_file_costs_its_clips_alone(tmp_path: Path, extractor: Extractor, clips: list[Clip]) -> None:
    store = FeatureStore(tmp_path, extractor)
    store.add(clips[:2], jobs=1)
    (first,) = tmp_path.glob("*.npz")
    store.add(clips[2:], jobs=1)
    first.write_bytes(first.read_bytes()[:100])
    again = FeatureStore(tmp_path, extractor)
    assert again.missing(clips) == clips[:2]
    again.add(clips[:2], jobs=1)
    assert FeatureStore(tmp_path, extractor).missing(clips) == []
    assert len(list(tmp_path.glob("*.npz"))) == 3
