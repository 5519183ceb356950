from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from offkey.errors import OffkeyError
from offkey.experiments.cell import Clip
from offkey.experiments.feature_parts import cut, load_features, read_clips
from offkey.experiments.feature_store import FeatureStore
from offkey.features import create
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.windows import Windowing


@pytest.fixture
def extractor() -> Extractor:
    return Extractor(create("logmel", n_mels=16), 16_000, 0, Windowing(), digest=True)


@pytest.fixture
def clips(mixed_folder: Path) -> list[Clip]:
    return [Clip(path, path.name, None, None, f"{path.name}|1") for path in sorted(mixed_folder.iterdir())]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "f")


def _loaded(store: FeatureStore, clips: list[Clip]) -> list[ClipFeatures]:
    return load_features(store.folder, clips, store.places(clips))


def test_what_was_read_is_found_again_and_equal(
    folder: str, extractor: Extractor, clips: list[Clip], reads: list[str]
) -> None:
    store = FeatureStore(folder)
    assert store.missing([*clips, *clips]) == clips
    read_clips(folder, extractor, clips, jobs=2)
    store.remember(cut(clips))
    n_read = len(reads)
    for found in (store, FeatureStore(folder)):
        assert found.missing(clips) == []
        for clip, heard in zip(clips, _loaded(found, clips), strict=True):
            expected = extractor.one(clip.path)
            assert (heard.name, heard.digest, len(heard.windows)) == (clip.name, expected.digest, len(expected.windows))
            for piece, same in zip(heard.windows, expected.windows, strict=True):
                assert (piece.start_s, piece.end_s, piece.error) == (same.start_s, same.end_s, same.error)
                assert (piece.vector is None) == (same.vector is None)
                if piece.vector is not None:
                    np.testing.assert_array_equal(piece.vector, same.vector)
    assert n_read == len({*reads[:n_read]})  # what cannot be opened is not decoded


def test_a_clip_that_changed_is_missing(folder: str, extractor: Extractor, clips: list[Clip]) -> None:
    read_clips(folder, extractor, clips[:2], jobs=1)
    changed = Clip(clips[0].path, clips[0].name, None, None, f"{clips[0].name}|2")
    assert FeatureStore(folder).missing([changed, clips[1]]) == [changed]


def test_windows_of_long_recordings_are_kept_apart(tmp_path: Path, folder: str, extractor: Extractor, hum) -> None:
    import soundfile

    sound = hum(0, seconds=70)
    sound[:160_000] = 0
    soundfile.write(tmp_path / "long.wav", sound, 16_000)
    clip = Clip(tmp_path / "long.wav", "long.wav", None, None, "long")
    read_clips(folder, extractor, [clip], jobs=1)
    pieces = _loaded(FeatureStore(folder), [clip])[0].windows
    assert [(piece.start_s, piece.end_s) for piece in pieces] == [(10 * k, 10 * k + 10) for k in range(7)]
    assert [piece.error is None for piece in pieces] == [False] + [True] * 6


def test_what_was_read_before_it_broke_off_is_kept(
    folder: str, extractor: Extractor, clips: list[Clip], reads: list[str]
) -> None:
    left = iter(range(3))

    def break_off() -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_clips(folder, extractor, clips, jobs=1, advance=break_off)
    missing = FeatureStore(folder).missing(clips)
    assert missing == clips[3:]
    before = set(reads)
    reads.clear()
    read_clips(folder, extractor, missing, jobs=1)
    assert len(_loaded(FeatureStore(folder), clips)) == len(clips)
    kept = {str(clip.path) for clip in clips[:3]}
    assert not set(reads) & before & kept


def test_parts_hold_so_many_clips_and_do_not_depend_on_who_reads_them(
    tmp_path: Path, extractor: Extractor, clips: list[Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offkey.experiments.feature_parts.PART_CLIPS", 5)
    chunks = cut(clips)
    assert [len(chunk.clips) for chunk in chunks] == [5, 5, 3]
    read_clips(str(tmp_path / "one" / "logmel"), extractor, clips, jobs=2)
    for chunk in (*chunks, chunks[0]):  # as well when a chunk is done twice
        read_clips(str(tmp_path / "each" / "logmel"), extractor, chunk.clips, jobs=1)
    parts = [
        {path.name: path.read_bytes() for path in (tmp_path / name / "logmel").iterdir()} for name in ("one", "each")
    ]
    assert parts[0] == parts[1]
    assert set(parts[0]) == {chunk.part for chunk in chunks}


def test_a_damaged_file_costs_its_clips_alone(folder: str, extractor: Extractor, clips: list[Clip]) -> None:
    read_clips(folder, extractor, clips[:2], jobs=1)
    (first,) = Path(folder).glob("*.npz")
    read_clips(folder, extractor, clips[2:], jobs=1)
    before = FeatureStore(folder)
    first.write_bytes(first.read_bytes()[:100])
    assert FeatureStore(folder).missing(clips) == clips[:2]
    with pytest.raises(OffkeyError, match=rf"{first.name} is damaged, gone, or a part of something else: delete it"):
        _loaded(before, clips)
    read_clips(folder, extractor, clips[:2], jobs=1)
    assert FeatureStore(folder).missing(clips) == []


def test_a_part_of_another_folder_or_with_a_flipped_bit_is_refused(
    tmp_path: Path, folder: str, extractor: Extractor, clips: list[Clip]
) -> None:
    read_clips(folder, extractor, clips, jobs=1)
    (part,) = Path(folder).glob("*.npz")
    other = tmp_path / "mfcc-of-another-run"
    other.mkdir()
    (other / part.name).write_bytes(part.read_bytes())
    with pytest.raises(OffkeyError, match="a part of something else"):
        _loaded(FeatureStore(str(other)), clips)
    whole = part.read_bytes()
    store = FeatureStore(folder)
    for at in range(len(whole) // 20, len(whole), len(whole) // 20):
        part.write_bytes(whole[:at] + bytes([whole[at] ^ 8]) + whole[at + 1 :])
        try:
            found = _loaded(store, clips)
        except OffkeyError:
            continue
        part.write_bytes(whole)  # a bit that says nothing, such as of the time
        for one, other_one in zip(found, _loaded(store, clips), strict=True):
            np.testing.assert_array_equal(one.windows[0].vector, other_one.windows[0].vector)
