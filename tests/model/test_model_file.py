from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import offkey
from offkey.detectors import find, names
from offkey.errors import ModelFileError, OffkeyError, ParameterError
from offkey.features import create
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
    assert manifest["protocol"] <= PROTOCOL
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
            r"written by offkey 7\.0 with protocol 99, .* reads up to 3: update",
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


@pytest.mark.parametrize(("path", "found"), [(3, "of the type int"), (None, "None")])
def test_what_is_no_path_is_refused(path: object, found: str) -> None:
    with pytest.raises(ParameterError, match=f"The model is {found}: expected the path of a file"):
        offkey.load(path)


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


@pytest.mark.parametrize(
    ("seconds", "tone_hz", "offset", "expected"),
    [
        (1.0, None, 0.0, -0.28727104330232034),
        (1.0, 3000.0, 0.0, 215.46561266926867),
        (3.0, None, 0.0, 3.9360556349959612),
        (1.0, None, 0.03, 4.275997504814675),
    ],
)
def test_a_file_of_an_earlier_version_scores_as_it_did(
    hum, seconds: float, tone_hz: float | None, offset: float, expected: float
) -> None:
    model = offkey.load(Path(__file__).parent / "files" / "protocol_1.offkey")
    seed = {0.0: {None: 100, 3000.0: 101}[tone_hz], 0.03: 103}[offset] if seconds == 1.0 else 102
    sound = hum(seed, seconds=seconds, tone_hz=tone_hz) + np.float32(offset)
    assert model.score(sound, rate=16_000).score == pytest.approx(expected, rel=2e-4)
    long = model.score([hum(5, seconds=65.0)], rate=16_000)
    assert [result.end_s for result in long] == [10, 20, 30, 40, 50, 60, 65]


def test_a_file_that_names_no_front_end_hears_as_the_default_did(normal_folder: Path, tmp_path: Path, hum) -> None:
    earlier = {**create("logmel").params(), "lulls": False, "clip_s": None, "low_hz": 0.0}
    model = offkey.fit(normal_folder, features_params=earlier, detector="knn")
    model.lengths = model.by_length = None
    model.save(tmp_path / "m.offkey")
    config = {**model.config.model_dump(mode="json"), "features_params": {}}
    loaded = offkey.load(_rewritten(tmp_path / "m.offkey", front_end=None, config=config))
    sound = hum(300, tone_hz=2000)
    assert loaded.score(sound, rate=16_000) == model.score(sound, rate=16_000)


def _changed(path: Path, change: Callable[[dict, dict[str, np.ndarray]], None]) -> Path:
    """Let a function change the manifest and the arrays of a file."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        arrays = {name: np.load(io.BytesIO(archive.read(name))) for name in archive.namelist() if name[-4:] == ".npy"}
    change(manifest, arrays)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, array in arrays.items():
            file = io.BytesIO()
            np.save(file, array)
            archive.writestr(name, file.getvalue())
    return path


def _each_learnt(state: dict, path: tuple = ()) -> Iterator[tuple]:
    """Yield where each learnt attribute of a component and its parts stands."""
    for name, value in state["learnt"].items():
        yield (*path, name)
        for number, part in enumerate(value if isinstance(value, list) else ()):
            yield from _each_learnt(part, (*path, name, number))


_OPTIONAL = {"moves_", "weights_", "cycle_", "whiteners_", "epochs_"}  # of fused, the autoencoder and all


@pytest.mark.parametrize("detector", [name for name in names() if find(name).learns])
@pytest.mark.parametrize("wrong", ["missing", "another type", "longer", "not finite"])
def test_whatever_a_detector_learnt_is_checked_when_it_is_loaded(
    normal_folder: Path, tmp_path: Path, hum, detector: str, wrong: str
) -> None:
    model = offkey.fit(normal_folder, detector=detector, features="stats")
    model.save(tmp_path / "m.offkey")
    whole = (tmp_path / "m.offkey").read_bytes()
    for place in _each_learnt(model.detector.state()):

        def change(manifest: dict, arrays: dict[str, np.ndarray], place: tuple = place) -> None:
            *above, name = place
            learnt = manifest["detector"]["learnt"]
            for step in above:
                learnt = learnt[step] if isinstance(step, str) else learnt[step]["learnt"]
            value = learnt[name]
            is_array = isinstance(value, dict) and "array" in value
            if wrong == "missing":
                del learnt[name]
            elif wrong == "another type" or not is_array:
                learnt[name] = "fan"
            else:
                array = arrays[value["array"]].astype(float)
                changed = np.concatenate([array, array[-1:]]) if wrong == "longer" else np.full_like(array, np.inf)
                arrays["arrays/99999.npy"] = changed
                learnt[name] = {"array": "arrays/99999.npy", "dtype": value["dtype"]}

        (tmp_path / "m.offkey").write_bytes(whole)
        _changed(tmp_path / "m.offkey", change)
        with suppress(ModelFileError):
            loaded = offkey.load(tmp_path / "m.offkey")  # what may be missing or longer, and the model still be whole
            assert wrong == "longer" or (wrong == "missing" and place[-1] in _OPTIONAL)
            assert loaded.score(hum(1), rate=16_000).score is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 1e400},
        {"threshold": "high"},
        {"false_alarm_rate": 2.0},
        {"rate": 10**9},
        {"rate": -5},
        {"normal_scores": [0.0, 1.0]},
        {"normal_scores": ["a", "b", "c"]},
        {"standardiser": {"mean": 0.0, "scale": 1.0}},
        {"front_end": {"name": "logmel", "params": {"n_mels": 16}, "learnt": {}}},
        {"front_end": {"name": "logmel", "params": {"n_mels": -1}, "learnt": {}}},
        {"front_end": {"name": "logmel", "params": {}, "learnt": {"vector": 1}}},
        {"front_end": {"name": "onnx", "params": {"file": "/etc/passwd"}, "learnt": {}}},
        {"front_end": {"name": "discriminative", "params": {"network": "/etc/passwd"}, "learnt": {}}},
        {"front_end": ["logmel"]},
        {"detector": {"name": "os", "params": {}, "learnt": {}}},
        {"detector": {"name": "knn", "params": {"n_neighbors": 10**30}, "learnt": {}}},
        {"fitted_on": {}},
        {"reference": {"names": ["a"]}},
    ],
    ids=str,
)
def test_a_manifest_that_is_not_whole_is_refused_when_it_is_loaded(
    model: offkey.Model, tmp_path: Path, changes: dict
) -> None:
    model.save(tmp_path / "m.offkey")
    with pytest.raises(ModelFileError) as caught:
        offkey.load(_rewritten(tmp_path / "m.offkey", **changes))
    assert "\n" not in str(caught.value)


def test_a_file_sets_no_method(model: offkey.Model, tmp_path: Path) -> None:
    model.save(tmp_path / "m.offkey")
    state = {"name": "logmel", "params": {}, "learnt": {"vector": 1}}
    with pytest.raises(ModelFileError, match="learns nothing that is called 'vector'"):
        offkey.load(_rewritten(tmp_path / "m.offkey", front_end=state))
