from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from offkey.errors import OffkeyError
from offkey.features import create
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.feature_store import cut_for_store, extract_into, feature_store, load_features
from offkey.hearing.windows import Windowing


@dataclass(frozen=True)
class _Clip:
    path: Path

    @property
    def text(self) -> str:
        return self.path.name

    @property
    def key(self) -> str:
        return f"{self.path.name}|1"


@pytest.fixture
def extractor() -> Extractor:
    return Extractor(create("logmel", n_mels=16), 16_000, 0, Windowing(), digest=True)


@pytest.fixture
def clips(mixed_folder: Path) -> list[_Clip]:
    return [_Clip(path) for path in sorted(mixed_folder.iterdir())]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "f")


def _read(folder: str, extractor: Extractor, clips: list[_Clip], **options: object) -> None:
    options = {"jobs": 1, **options}
    paths = [clip.path for clip in clips]
    extract_into(feature_store(folder), extractor, _keys(clips), paths, **options)  # type: ignore[arg-type]


def _keys(clips: list[_Clip]) -> list[str]:
    return [clip.key for clip in clips]


def _same(one: ClipFeatures, other: ClipFeatures) -> None:
    assert (one.name, one.digest, len(one.windows)) == (other.name, other.digest, len(other.windows))
    for window, same in zip(one.windows, other.windows, strict=True):
        assert (window.start_s, window.end_s, window.error) == (same.start_s, same.end_s, same.error)
        assert window.traits == same.traits
        assert (window.vector is None) == (same.vector is None)
        if window.vector is not None:
            np.testing.assert_array_equal(window.vector, same.vector)


def test_what_was_read_is_found_again_and_equal(
    folder: str, extractor: Extractor, clips: list[_Clip], reads: list[str]
) -> None:
    store = feature_store(folder)
    assert store.missing([*_keys(clips), *_keys(clips)]) == _keys(clips)
    extract_into(store, extractor, _keys(clips), [clip.path for clip in clips], jobs=2)
    n_read = len(reads)
    for found in (store, feature_store(folder)):
        assert found.missing(_keys(clips)) == []
        loaded = load_features(found, _keys(clips)[::-1])
        for clip in clips:
            _same(loaded[clip.key], extractor.extract(clip.path))
    assert n_read == len({*reads[:n_read]})  # what cannot be opened is not decoded


def test_windows_of_long_recordings_are_kept_apart(tmp_path: Path, folder: str, extractor: Extractor, hum) -> None:
    import soundfile

    sound = hum(0, seconds=70)
    sound[:160_000] = 0
    soundfile.write(tmp_path / "long.wav", sound, 16_000)
    clip = _Clip(tmp_path / "long.wav")
    _read(folder, extractor, [clip])
    windows = load_features(feature_store(folder), [clip.key])[clip.key].windows
    assert [(window.start_s, window.end_s) for window in windows] == [(10 * k, 10 * k + 10) for k in range(7)]
    assert [window.error is None for window in windows] == [False] + [True] * 6


def test_a_file_that_has_several_keys_is_so_many_clips(folder: str, extractor: Extractor, clips: list[_Clip]) -> None:
    extract_into(feature_store(folder), extractor, ["a", "b"], [clips[0].path] * 2, jobs=1)
    loaded = load_features(feature_store(folder), ["b", "a"])
    assert [len(loaded[key].windows) for key in ("a", "b")] == [1, 1]


def test_what_was_read_before_it_broke_off_is_kept(
    folder: str, extractor: Extractor, clips: list[_Clip], reads: list[str]
) -> None:
    left = iter(range(3))

    def break_off() -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _read(folder, extractor, clips, advance=break_off)
    missing = feature_store(folder).missing(_keys(clips))
    assert missing == _keys(clips)[3:]
    before = set(reads)
    reads.clear()
    _read(folder, extractor, clips[3:])
    assert len(load_features(feature_store(folder), _keys(clips))) == len(clips)
    kept = {str(clip.path) for clip in clips[:3]}
    assert not set(reads) & before & kept


def test_parts_hold_so_many_clips_and_do_not_depend_on_who_reads_them(
    tmp_path: Path, extractor: Extractor, clips: list[_Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offkey.hearing.feature_store.PART_CLIPS", 5)
    parts = cut_for_store(clips)
    assert [len(part.items) for part in parts] == [5, 5, 3]
    assert str(parts[0]) == f"the part of {clips[0].path.name} and 4 more"
    _read(str(tmp_path / "one" / "logmel"), extractor, clips, jobs=2)
    for part in (*parts, parts[0]):  # as well when a part is done twice
        _read(str(tmp_path / "each" / "logmel"), extractor, list(part.items))
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / name / "logmel").iterdir()} for name in ("one", "each")
    ]
    assert files[0] == files[1]
    assert set(files[0]) == {part.name for part in parts}


def test_a_damaged_part_costs_its_clips_alone(folder: str, extractor: Extractor, clips: list[_Clip]) -> None:
    _read(folder, extractor, clips[:2])
    (first,) = Path(folder).iterdir()
    _read(folder, extractor, clips[2:])
    before = feature_store(folder)
    first.write_bytes(first.read_bytes()[:-100])
    assert feature_store(folder).missing(_keys(clips)) == _keys(clips)[:2]
    with pytest.raises(OffkeyError, match=rf"{first.name} cannot be read .*: delete it"):
        load_features(before, _keys(clips))
    _read(folder, extractor, clips[:2])
    assert feature_store(folder).missing(_keys(clips)) == []
