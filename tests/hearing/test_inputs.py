"""What callers of the library pass: taken for what it means, or refused in one sentence."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.errors import OffkeyError, ParameterError, UsageError
from offkey.hearing.inputs import read_clips

RATE = 16_000
SOUND = np.random.default_rng(0).normal(size=RATE).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.wav", "b.wav"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _columns() -> list[object]:
    polars = pytest.importorskip("polars")
    return [polars.Series(["a.wav", "b.wav"]), polars.DataFrame({"file": ["a.wav", "b.wav"]})["file"]]


def test_paths_may_come_in_any_container(folder: Path) -> None:
    names = ["a.wav", "b.wav"]
    given = [
        names,
        tuple(names),
        (name for name in names),
        dict.fromkeys(names).keys(),
        np.array(names),
        np.array(names, object),
        np.array([b"a.wav", b"b.wav"]),
        np.array([folder / name for name in names]),
        *_columns(),
    ]
    for clips in given:
        read = read_clips(clips, None)
        assert [Path(str(path)).name for path in read.sources] == names
        assert not read.single


def test_one_path_is_one_clip_however_it_is_spelt(folder: Path) -> None:
    for clip in ("a.wav", "./a.wav", folder / "a.wav", f"{folder}/../{folder.name}/a.wav"):
        assert read_clips(clip, None).single
    assert not read_clips(folder, None).single
    assert not read_clips(["a.wav"], None).single
    assert len(read_clips(["a.wav", "./a.wav", folder / "a.wav", folder], None).sources) == 2


def test_arrays_of_other_libraries_are_arrays() -> None:
    torch = pytest.importorskip("torch", reason="the extra torch is not installed")
    read = read_clips(torch.from_numpy(SOUND.copy()), RATE)
    assert read.single
    assert np.array_equal(next(iter(read.sources[0].blocks(0))), SOUND)
    with pytest.raises(ParameterError, match=r"array 0 cannot be made .*x\.detach\(\)\.cpu\(\)\.numpy\(\)"):
        read_clips(torch.zeros(9, requires_grad=True), RATE)


def test_arrays_of_clips_of_different_length_are_lists() -> None:
    ragged = np.empty(2, object)
    ragged[:] = [SOUND, SOUND[:-1]]
    assert len(read_clips(ragged, RATE).sources) == len(read_clips(list(ragged), RATE).sources) == 2


NUMBERS = "A clip is an array, and .* numbers were given"


@pytest.mark.parametrize(
    ("clips", "said"),
    [
        (None, "The clips are None: expected a path"),
        (True, "of the type bool"),
        (np.float32(1), "of the type float32"),
        (b"a.wav", "of the type bytes"),
        (io.BytesIO(b"RIFF"), "of the type BytesIO"),
        ({"a.wav": 1}, "of the type dict"),
        (SOUND.tolist(), NUMBERS),
        (tuple(range(9)), NUMBERS),
        (SOUND.astype(object), NUMBERS),
        ((SOUND, RATE), "Sound and its rate were given as one"),
        (["a.wav", None], "Clip 1 is None"),
        (["a.wav", float("nan")], "Clip 1 is of the type float"),
        ([SOUND, {"array": SOUND}], "Clip 1 is of the type dict"),
        (np.stack([SOUND, SOUND]), "array 0 has 2 samples and 16000 channels"),
        ([SOUND, SOUND[None]], "array 1 has 1 sample and 16000 channels"),
    ],
)
def test_what_is_no_clip_is_refused(clips: object, said: str) -> None:
    for call in (offkey.fit, read_clips):
        with pytest.raises(ParameterError, match=said):
            call(clips, rate=RATE)


def test_columns_of_samples_and_tables_are_refused() -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(ParameterError, match=NUMBERS):
        read_clips(polars.Series(SOUND), RATE)
    with pytest.raises(ParameterError, match="pass its column of files"):
        read_clips(polars.DataFrame({"file": ["a.wav"]}), RATE)


def test_nothing_is_refused(folder: Path) -> None:
    for nothing in ([], (), np.array([], object), iter(())):
        with pytest.raises(UsageError, match="found none"):
            read_clips(nothing, None)
    for empty in ("", ["a.wav", ""], np.array(["", "a.wav"])):
        with pytest.raises(UsageError, match="An input is empty"):
            read_clips(empty, None)


def test_one_path_that_is_missing_is_an_error_and_one_of_several_a_clip(folder: Path, normal_folder: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.wav does not exist"):
        read_clips("gone.wav", None)
    files = sorted(normal_folder.iterdir())
    model = offkey.fit([*files, "gone.wav"], detector="knn")
    assert model.fitted_on.clips == 24
    assert [name for name, _ in model.fitted_on.left_out] == ["gone.wav"]
    results = model.score([files[0], "gone.wav", "x" * 5000])
    assert [result.error is None for result in results] == [True, False, False]


@pytest.mark.parametrize("jobs", [0, -1, 1.5, "2", True])
def test_jobs_are_a_positive_int(jobs: object, normal_folder: Path) -> None:
    with pytest.raises(ParameterError, match=r"'jobs' must be an int in the range \[1, inf\), or None"):
        offkey.fit(normal_folder, jobs=jobs)


@pytest.mark.parametrize("rate", ["16000", float("nan"), 22_050.7, True])
def test_a_rate_is_checked_also_where_there_are_files(rate: object, normal_folder: Path) -> None:
    with pytest.raises(OffkeyError, match="'rate' must be a positive whole number of Hz"):
        offkey.fit(normal_folder, rate=rate)
