from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.detectors import find, names
from offkey.errors import ModelFileError, OffkeyError
from offkey.model.model_file import PROTOCOL


@pytest.fixture(scope="module")
def model(normal_folder: Path) -> offkey.Model:
    return offkey.fit(normal_folder, false_alarm_rate=0.05)


@pytest.mark.parametrize("detector", [name for name in names() if find(name).learns])
def test_a_loaded_model_is_the_saved_one(normal_folder: Path, tmp_path: Path, hum, detector: str) -> None:
    model = offkey.fit(normal_folder, detector=detector)
    path = tmp_path / "m.offkey"
    model.save(path)
    loaded = offkey.load(path)
    for sound in (hum(300), hum(301, tone_hz=2000)):
        assert loaded.score(sound, rate=16_000) == model.score(sound, rate=16_000)
    assert loaded.config == model.config
    assert loaded.fitted_on == model.fitted_on
    assert loaded.threshold == model.threshold
    again = tmp_path / "again.offkey"
    loaded.save(again)
    assert again.read_bytes() == path.read_bytes()


def test_the_file_holds_json_and_arrays_and_no_pickle(model: offkey.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "m.offkey")
    with zipfile.ZipFile(tmp_path / "m.offkey") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        arrays = [name for name in archive.namelist() if name != "manifest.json"]
        for name in arrays:
            with archive.open(name) as file:
                np.load(file, allow_pickle=False)
    assert manifest["protocol"] == PROTOCOL
    assert manifest["fitted_on"]["clips"] == 24
    assert len(manifest["fitted_on"]["digest"]) == 64
    assert len(arrays) > 0


def _rewritten(path: Path, **changes: object) -> Path:
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = {**json.loads(contents["manifest.json"]), **changes}
    contents["manifest.json"] = json.dumps({k: v for k, v in manifest.items() if v is not None}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"protocol": 99, "offkey_version": "7.0"},
            r"written by offkey 7\.0 with protocol 99, .* reads up to 1: update",
        ),
        ({"protocol": None}, "names no protocol of offkey"),
        ({"rate": "fast"}, r"is damaged \(rate: Input should be a valid integer"),
        ({"detector": {"name": "nothing", "params": {}, "learnt": {}}}, "cannot be used here: There is no detector"),
        ({"normal_scores": {"array": "arrays/no.npy", "dtype": "<f8"}}, "is damaged"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    model: offkey.Model, tmp_path: Path, changes: dict, words: str
) -> None:
    model.save(tmp_path / "m.offkey")
    with pytest.raises(ModelFileError, match=words):
        offkey.load(_rewritten(tmp_path / "m.offkey", **changes))


def test_any_truncation_is_refused_in_one_sentence(model: offkey.Model, tmp_path: Path) -> None:
    path = tmp_path / "m.offkey"
    model.save(path)
    whole = path.read_bytes()
    for length in [0, 1, 2, 30, *range(100, len(whole), len(whole) // 7), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileError) as caught:
            offkey.load(path)
        assert "\n" not in str(caught.value)


def test_a_flipped_byte_in_an_array_is_found(model: offkey.Model, tmp_path: Path) -> None:
    path = tmp_path / "m.offkey"
    model.save(path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda info: info.compress_size)
    content[largest.header_offset + 60 + largest.compress_size // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged"):
        offkey.load(path)


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.offkey").write_text("hello")
    with zipfile.ZipFile(tmp_path / "zip.offkey", "w") as archive:
        archive.writestr("a.txt", "b")
    for name, words in (
        ("text", "is no offkey model"),
        ("zip", "without manifest.json"),
        ("missing", "cannot be read"),
    ):
        with pytest.raises(ModelFileError, match=words):
            offkey.load(tmp_path / f"{name}.offkey")


def test_a_model_that_cannot_be_written_leaves_the_old_one(model: offkey.Model, tmp_path: Path) -> None:
    with pytest.raises(OffkeyError, match=r"/no/such/m\.offkey cannot be written: No such file or directory"):
        model.save("/no/such/m.offkey")
    with pytest.raises(OffkeyError, match="cannot be written: Is a directory"):
        model.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_threshold_and_rate_change_without_fitting(model: offkey.Model, tmp_path: Path) -> None:
    changed = model.with_false_alarm_rate(0.2)
    assert changed.threshold.value < model.threshold.value
    changed.save(tmp_path / "m.offkey")
    assert offkey.load(tmp_path / "m.offkey").threshold == changed.threshold
    by_hand = model.with_threshold(1e9)
    assert by_hand.threshold.value == 1e9
    assert by_hand.threshold.false_alarm_rate == pytest.approx(1 / 25)


def test_what_a_front_end_learnt_is_kept(model: offkey.Model, tmp_path: Path) -> None:
    vars(model.front_end)["weights_"] = np.arange(6, dtype=np.float32).reshape(2, 3)
    try:
        model.save(tmp_path / "learnt.offkey")
    finally:
        del vars(model.front_end)["weights_"]
    loaded = offkey.load(tmp_path / "learnt.offkey")
    np.testing.assert_array_equal(vars(loaded.front_end)["weights_"], [[0, 1, 2], [3, 4, 5]])
    sound = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    np.testing.assert_array_equal(loaded.front_end.vector(sound, 16_000), model.front_end.vector(sound, 16_000))


def test_a_file_from_before_the_lulls_and_the_weights_of_the_views_is_read(
    normal_folder: Path, tmp_path: Path, hum
) -> None:
    model = offkey.fit(normal_folder, features_params={"lulls": False})
    del vars(model.detector)["weights_"]
    model.save(tmp_path / "m.offkey")
    config = {**model.config.model_dump(mode="json"), "features_params": {}}
    loaded = offkey.load(_rewritten(tmp_path / "m.offkey", front_end=None, config=config))
    sound = hum(300, tone_hz=2000)
    assert loaded.score(sound, rate=16_000) == model.score(sound, rate=16_000)
