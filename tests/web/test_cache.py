from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

import offkey
from offkey.web.explore import background
from offkey.web.explore.cache import Cache, default_folder
from offkey.web.explore.measures import Measured
from offkey.web.explore.scores import WINDOW_COLUMNS


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


def test_a_damaged_part_is_measured_again(root: Path, opened, tmp_path: Path, measured: list[str]) -> None:
    opened(root)
    (part,) = (tmp_path / "cache" / "measured").iterdir()
    whole = part.read_bytes()
    assert len(measured) == 24
    opened(root)
    assert len(measured) == 24
    for content in (b"{}", whole[:-9], whole[:50] + bytes([whole[50] ^ 4]) + whole[51:]):
        measured.clear()
        part.write_bytes(content)
        explorer = opened(root)
        assert explorer.frame()["seconds"].null_count() == 0
        assert len(measured) == 24
        assert part.read_bytes() == whole


def test_what_was_measured_is_kept_from_time_to_time(
    root: Path, opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: list[str]
) -> None:
    monkeypatch.setattr(background, "_SAVE_S", 0.0)
    opened(root)
    assert len(list((tmp_path / "cache" / "measured").iterdir())) == 24
    measured.clear()
    for part in sorted((tmp_path / "cache" / "measured").iterdir())[:5]:
        part.unlink()
    assert opened(root).frame()["seconds"].null_count() == 0
    assert len(measured) == 5


def test_another_lowest_rate_measures_all_once_more_and_what_was_measured_at_the_first_stays(
    root: Path, opened, hum, measured: list[str]
) -> None:
    before = opened(root)
    slow = root / "fan" / "test" / "slow.wav"
    soundfile.write(slow, hum(3), 8_000)
    measured.clear()
    assert opened(root).catalogue.rate == 8_000
    assert len(measured) == 25
    slow.unlink()
    measured.clear()
    again = opened(root)
    assert again.catalogue.rate == 16_000
    assert measured == []
    np.testing.assert_array_equal(again.catalogue.mean, before.catalogue.mean)


def test_files_for_others_that_are_gone_are_written_again(root: Path, opened, tmp_path: Path) -> None:
    opened(root)
    written = [tmp_path / "cache" / name for name in ("clips.parquet", "about.json")]
    before = [path.read_bytes() for path in written]
    for path in written:
        path.unlink()
    opened(root)
    assert [path.read_bytes() for path in written] == before


def test_scores_are_kept_by_model(root: Path, opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offkey.fit(root / "fan" / "train").save(tmp_path / "m.offkey")
    before = opened(root, model=tmp_path / "m.offkey").frame()
    assert before["score"].null_count() == 0
    (part,) = next((tmp_path / "cache").glob("windows-*")).iterdir()
    assert pl.read_parquet(part).columns == ["key", *WINDOW_COLUMNS]

    def refuse(*_: object) -> None:
        raise AssertionError("a clip is scored again")

    monkeypatch.setattr(background, "score_windows", refuse)
    after = opened(root, model=tmp_path / "m.offkey")
    assert after.progress.problem is None
    assert after.frame().equals(before)


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
    assert (about["form"], about["rate"], about["root"]) == (3, 16_000, str(root))


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
