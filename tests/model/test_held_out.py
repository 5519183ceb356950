from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

import offkey
from offkey.audio import FileRecording
from offkey.cli.main import main
from offkey.explain import explain
from offkey.model.held_out import held_out, mark_learnt


@pytest.fixture(scope="module")
def model(normal_folder: Path) -> offkey.Model:
    return offkey.fit(normal_folder, detector="knn", detector_params={"n_neighbors": 1})


@pytest.fixture
def mixed(normal_folder: Path, tmp_path: Path, hum) -> Path:
    """A folder with a clip that was learnt from, under another name, and one that was not."""
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed" / "again.wav").write_bytes(min(normal_folder.iterdir()).read_bytes())
    soundfile.write(tmp_path / "mixed" / "fresh.wav", hum(900), 16_000)
    return tmp_path / "mixed"


def test_a_clip_learnt_from_has_the_score_it_got_while_it_was_held_out(model: offkey.Model, mixed: Path) -> None:
    again, fresh = (model.score(mixed / name) for name in ("again.wav", "fresh.wav"))
    assert again.score == pytest.approx(0, abs=1e-3)  # its own nearest neighbour
    unseen = held_out(model, again, FileRecording(mixed / "again.wav").digest())
    assert unseen.score in model.calibration.normal_scores
    assert unseen.p_value == model.calibration.p_values([unseen.score])[0]
    assert held_out(model, fresh, FileRecording(mixed / "fresh.wav").digest()) is fresh
    assert mark_learnt(model, [mixed / "again.wav", mixed / "fresh.wav"], jobs=1) == {mixed / "again.wav": unseen.score}


def test_the_held_out_scores_of_all_clips_are_those_of_the_calibration(
    model: offkey.Model, normal_folder: Path
) -> None:
    found = mark_learnt(model, sorted(normal_folder.iterdir()), jobs=2)
    assert sorted(found.values()) == model.calibration.normal_scores.tolist()


def test_they_are_kept_in_the_file_and_earlier_files_lack_them(
    model: offkey.Model, mixed: Path, tmp_path: Path
) -> None:
    model.save(tmp_path / "m.offkey")
    kept = offkey.load(tmp_path / "m.offkey").with_false_alarm_rate(0.2).learnt
    assert kept is not None
    np.testing.assert_array_equal(kept.digests, model.learnt.digests)
    np.testing.assert_array_equal(kept.scores, model.learnt.scores)
    np.testing.assert_array_equal(kept.starts, model.learnt.starts)
    earlier = offkey.load(tmp_path / "m.offkey")
    earlier.learnt = None
    result = earlier.score(mixed / "again.wav")
    assert held_out(earlier, result, "ab" * 32) is result
    assert mark_learnt(earlier, [mixed / "again.wav"], jobs=1) == {}


def test_a_file_that_begins_otherwise_is_not_read_whole(
    model: offkey.Model, mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    digest = FileRecording.digest
    monkeypatch.setattr(FileRecording, "digest", lambda self: read.append(self.path.name) or digest(self))
    assert list(mark_learnt(model, mixed.iterdir(), jobs=1)) == [mixed / "again.wav"]
    assert read == ["again.wav"]
    unknown = dataclasses.replace(model.learnt, starts=None)
    assert unknown.may_hold(mixed / "fresh.wav")
    assert unknown.with_starts([mixed / "again.wav", "an array"]) is unknown


def test_an_explanation_is_of_the_cross_validated_score(model: offkey.Model, mixed: Path) -> None:
    again, fresh = explain(model, mixed / "again.wav"), explain(model, mixed / "fresh.wav")
    assert again.score in model.calibration.normal_scores
    assert "The model learnt from this clip" in again.method
    assert "learnt from" not in fresh.method
    assert fresh.score == model.score(mixed / "fresh.wav").score


def test_score_says_how_many_clips_were_learnt_from_and_report_leaves_them_out_of_the_new_ones(
    model: offkey.Model, mixed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, scores, page = tmp_path / "m.offkey", tmp_path / "s.csv", tmp_path / "r.html"
    model.save(file)
    assert main(["score", str(file), str(mixed), "--out", str(scores), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["learnt_from"] == 1
    assert "the model learnt from 1 of these 2 clips" in told.err
    assert main(["report", str(scores), "--model", str(file), "--out", str(page), "--top", "0"]) == 0
    text = page.read_text(encoding="utf-8")
    assert "The model was fitted on 1 of these clips: their scores are cross-validated." in text
    assert ("fresh.wav" in text, "again.wav" in text) == (True, False)
