from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from offkey.errors import UsageError
from offkey.features import create
from offkey.hearing.clip_arrays import ABOUT, array_paths, write_arrays
from offkey.hearing.extractor import Extractor
from offkey.hearing.windows import Windowing


@pytest.fixture
def extractor() -> Extractor:
    return Extractor(create("mfcc"), 16_000, 0, Windowing())


@pytest.fixture
def clips(tmp_path: Path, hum) -> list[Path]:
    paths = [tmp_path / "set" / "fan" / f"{number}.wav" for number in range(2)]
    paths[0].parent.mkdir(parents=True)
    for number, path in enumerate(paths):
        soundfile.write(path, hum(number, seconds=0.3), 16_000)
    return paths


def test_a_recording_of_any_length_is_one_array(extractor: Extractor, tmp_path: Path, hum) -> None:
    clip, out = tmp_path / "long.wav", tmp_path / "out"
    soundfile.write(clip, hum(0, seconds=70), 16_000)
    (array,) = write_arrays(extractor, [clip], [out / "long.npy"], out)
    assert array.frames == np.load(array.path).shape[1] == 2186
    about = json.loads((out / ABOUT).read_text())
    assert (about["features"], about["rate"], about["hop_s"], about["rows"][3]) == ("mfcc", 16_000, 0.032, "mfcc_03")


def test_what_is_damaged_is_written_again_and_the_rest_stays(
    extractor: Extractor, clips: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    paths = array_paths(clips, [tmp_path / "set"], out)
    assert paths == [out / "fan" / "0.npy", out / "fan" / "1.npy"]
    advanced: list[int] = []
    write_arrays(extractor, clips, paths, out, advance=lambda: advanced.append(1))
    whole = paths[0].read_bytes()
    paths[0].write_bytes(b"")
    found = write_arrays(extractor, clips, paths, out, advance=lambda: advanced.append(1))
    assert [one.was_there for one in found] == [False, True]
    assert paths[0].read_bytes() == whole
    assert len(advanced) == 4


def test_a_clip_that_cannot_be_read_leaves_no_array(extractor: Extractor, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (array,) = write_arrays(extractor, [tmp_path / "gone.wav"], [out / "gone.npy"], out)
    assert (array.frames, array.path.exists()) == (None, False)
    assert "gone.wav cannot be read" in str(array.error)


def test_a_clip_elsewhere_has_no_place(clips: list[Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not lie below"):
        array_paths(clips, [tmp_path / "other"], tmp_path / "out")


def test_arrays_of_others_are_not_replaced(extractor: Extractor, clips: list[Path], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / "0.npy"
    mine.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"0\.npy is there already, and .* holds no features\.json"):
        write_arrays(extractor, clips[:1], [mine], tmp_path / "out")
    assert mine.read_bytes() == b"mine"
