from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from offkey.web.explore import background
from offkey.web.explore.cache import Cache, default_folder
from offkey.web.explore.measures import Measured


def test_what_was_measured_can_be_opened_by_others(root: Path, opened, tmp_path: Path) -> None:
    explorer = opened(root)
    assert explorer.progress.problem is None
    table = pl.read_parquet(tmp_path / "cache" / "clips.parquet")
    mean = np.load(tmp_path / "cache" / "mean_spectrum.npy")
    bands = np.load(tmp_path / "cache" / "bands_hz.npy")
    assert table["id"].to_list() == explorer.library.ids
    assert all(Path(file).is_file() for file in table["file"])
    assert mean.shape == (24, 128)
    assert bands.shape == (128, 2)
    assert table["seconds"].to_list() == [1.0] * 24
    assert len(table["embedding"][0]) == 32
    anomalous = (table["label"] == "anomaly").to_numpy()
    loudest = (mean[anomalous].mean(0) - mean[~anomalous].mean(0)).argmax()
    assert bands[loudest, 0] < 3000 < bands[loudest, 1]  # the tone that the anomalies have


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were measured, as it happens."""
    names: list[str] = []
    original = background.measure

    def watched(path: Path, **more: object) -> Measured:
        names.append(path.name)
        return original(path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(background, "measure", watched)
    return names


def test_only_what_changed_is_measured_again(root: Path, opened, hum, measured: list[str]) -> None:
    opened(root)
    measured.clear()
    changed = root / "fan" / "train" / "normal_id_00_00000003.wav"
    soundfile.write(changed, hum(77, seconds=2), 16_000)
    os.utime(changed, ns=(1, 1))
    explorer = opened(root)
    assert measured == [changed.name]
    assert explorer.frame().filter(pl.col("name").str.ends_with("train/normal_id_00_00000003.wav"))["seconds"][0] == 2.0


def test_clips_that_came_or_went_leave_the_others_as_they_were(root: Path, opened, hum, measured: list[str]) -> None:
    before = opened(root)
    measured.clear()
    (root / "fan" / "test" / "anomaly_id_00_00000000.wav").unlink()
    soundfile.write(root / "fan" / "test" / "added.wav", hum(5, seconds=2), 16_000)
    after = opened(root)
    assert measured == ["added.wav"]
    assert after.progress.problem is None
    same = sorted(set(before.library.ids) & set(after.library.ids))
    assert len(same) == 23
    for clip in same:
        rows = [(one.catalogue, one.catalogue.row(clip)) for one in (before, after)]
        (old, k), (new, j) = rows
        np.testing.assert_array_equal(old.mean[k], new.mean[j])
        assert old.facts(k)["digest"] == new.facts(j)["digest"]


@pytest.mark.parametrize("damage", ["about.json", "clips.parquet", "mean_spectrum.npy"])
def test_a_damaged_cache_is_made_anew(root: Path, opened, tmp_path: Path, damage: str) -> None:
    opened(root)
    file = tmp_path / "cache" / damage
    whole = file.read_bytes()
    for at in range(5, len(whole), len(whole) // 20):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert (Cache(tmp_path / "cache").load() is None) or damage == "about.json"
    file.write_bytes(b"{}")
    assert Cache(tmp_path / "cache").load() is None
    explorer = opened(root)
    assert explorer.frame()["seconds"].null_count() == 0
    assert Cache(tmp_path / "cache").load() is not None


def test_a_cache_that_cannot_be_written_is_said_and_pages_go_on(root: Path, opened, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    explorer = opened(root, cache=tmp_path / "file" / "cache")
    assert "cannot be written" in explorer.progress.problem
    assert explorer.frame()["seconds"].null_count() == 0


def test_clips_that_cannot_be_read_cost_their_own_row(odd_root: Path, opened) -> None:
    frame = opened(odd_root).frame()
    errors = {Path(name).name: error for name, error in frame.select("name", "error").rows() if error}
    assert set(errors) == {"broken.wav", "truncated.wav", "leads_out.wav"}
    assert "leads out of the data set's folder" in errors["leads_out.wav"]
    assert errors["truncated.wav"].startswith("fan/test/truncated.wav is truncated")


def test_the_default_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first, second = (default_folder("folder", Path(name)) for name in ("/a/set", "/b/set"))
    assert first.parent == tmp_path / "offkey" / "explore"
    assert first != second


def test_about_tells_the_form(root: Path, opened, tmp_path: Path) -> None:
    opened(root)
    about = json.loads((tmp_path / "cache" / "about.json").read_text())
    assert (about["form"], about["rate"], about["root"]) == (2, 16_000, str(root))


def test_what_is_kept_as_json_is_known_to_be_whole(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.write_json("scores-1", {"a.wav": {"key": [1, 2], "scores": {"score": 0.5}}})
    assert cache.read_json("scores-1")["a.wav"]["scores"] == {"score": 0.5}
    file = tmp_path / "scores-1.json"
    (tmp_path / "scores-2.json").write_bytes(file.read_bytes())
    assert cache.read_json("scores-2") is None  # of another model
    file.write_text(file.read_text().replace("0.5", "0.4"))
    assert cache.read_json("scores-1") is None
    file.write_text("[" * 100_000)
    assert cache.read_json("scores-1") is None
