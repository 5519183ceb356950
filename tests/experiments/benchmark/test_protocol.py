from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offkey.datasets.editions import find_edition
from offkey.evaluation.dcase_score import dcase_score
from offkey.evaluation.submission_writer import write_submission
from offkey.experiments.benchmark.protocol import cell_means, standing, submission_sections
from offkey.experiments.outcome import ClipScore, Outcome

FILES = {  # of one section
    2020: "anomaly_score_fan_id_00.csv",
    2021: "anomaly_score_fan_section_00_source_test.csv anomaly_score_fan_section_00_target_test.csv "
    "decision_result_fan_section_00_source_test.csv decision_result_fan_section_00_target_test.csv",
    2022: "anomaly_score_bearing_section_00_test.csv decision_result_bearing_section_00_test.csv",
    2023: "anomaly_score_fan_section_00_test.csv decision_result_fan_section_00_test.csv",
    2024: "anomaly_score_ToyTrain_section_00_test.csv decision_result_ToyTrain_section_00_test.csv",
    2025: "anomaly_score_bearing_section_00_test.csv decision_result_bearing_section_00_test.csv",
    2026: "anomaly_score_ToyCarEmu_section_00_test.csv decision_result_ToyCarEmu_section_00_test.csv",
}


@pytest.mark.parametrize("year", FILES)
def test_the_submission_is_valid_and_gives_the_same_official_score(year: int, tiny_run, tiny_edition) -> None:
    run = tiny_run(year)
    content = json.loads((run.folder / "official.json").read_text())
    assert content["edition"] == year
    assert content["official_score"] is None  # there are several
    assert len(content["combinations"]) == 4  # two candidates, two parts
    seen = set()
    for entry in content["combinations"]:
        folder = run.folder / "submission" / entry["combination"] / entry["part"]
        truth = tiny_edition(year) / "ground_truth" if entry["part"] == "eval" else None
        result = dcase_score(folder, year, truth)
        assert entry["official_score"] == result.official.score
        assert entry["official_score_ci"] == list(result.interval)
        assert entry["machines"] == result.official.rows
        assert 0 < entry["official_score"] < 1
        seen.add(entry["official_score"])
        named = [path.name for path in sorted(folder.iterdir()) if "_00" in path.name]
        if entry["part"] == "dev":
            assert named == FILES[year].split()
        assert len(list(folder.iterdir())) == len(FILES[year].split()) * (2 if year <= 2022 else 1)
    assert len(seen) > 2


def test_a_clip_without_a_score_gets_the_median_and_is_named(tiny_run, tmp_path: Path) -> None:
    first = tiny_run(2023).measured.outcomes[0]
    clips = list(first.scored.clips)
    clips[2] = ClipScore(clips[2].name, None, None, None, "is silent")
    broken = Outcome(first.candidate, first.cell, replace(first.scored, clips=clips))
    (section,), notes = submission_sections([broken])
    assert section.scores[2] == np.median([clip.score for clip in clips if clip.score is not None])
    assert section.decisions[2] == 0
    assert notes == [f"1 clips without a score have the median of their section: {clips[2].name}."]
    found = standing(broken.candidate, "dev", [broken], find_edition(2023), {}, tmp_path / "s")
    write_submission(tmp_path / "s", found.submission)
    assert found.official.score == dcase_score(tmp_path / "s", 2023).official.score
    assert found.notes == notes


def test_a_section_without_a_model_is_left_out_and_named(tiny_run, tmp_path: Path) -> None:
    first, second = tiny_run(2020).measured.outcomes[:2]
    lost = [ClipScore(clip.name, None, None, None, "no model") for clip in second.cell.test]
    outcomes = [first, Outcome(second.candidate, second.cell, replace(second.scored, clips=lost))]
    sections, notes = submission_sections(outcomes)
    assert [section.section for section in sections] == ["00"]
    assert notes == ["The submission and the official score lack fan 02, for want of a model."]
    found = standing(first.candidate, "dev", outcomes, find_edition(2020), {}, tmp_path / "s")
    assert len(found.official.rows) == 1
    nothing = standing(first.candidate, "dev", outcomes[1:], find_edition(2020), {}, tmp_path / "s")
    assert nothing.official is None
    assert "No official score: An official score needs at least one machine" in nothing.notes[-1]


def test_what_an_edition_lacks_is_said(tiny_run, tmp_path: Path) -> None:
    first = tiny_run(2021).measured.outcomes[0]
    one_label = tuple(replace(clip, label=0) for clip in first.cell.test)
    outcome = Outcome(first.candidate, replace(first.cell, test=one_label), first.scored)
    found = standing(first.candidate, "dev", [outcome], find_edition(2021), {}, tmp_path / "s")
    assert found.official is None
    assert "No official score: The source clips of section 00 of fan" in found.notes[0]
    assert found.to_json()["official_score"] is None
    hidden = tuple(replace(clip, domain=None) for clip in first.cell.test)
    outcome = Outcome(first.candidate, replace(first.cell, test=hidden), first.scored)
    found = standing(first.candidate, "dev", [outcome], find_edition(2021), {}, tmp_path / "s")
    assert found.submission is None
    why = found.notes[-1]
    assert f"No submission in {tmp_path / 's'}: " in why
    assert "the domain of" in why


def test_means_are_over_whole_sections() -> None:
    rows = [
        {"domain": None, "auc": 0.75, "pauc": 0.5},
        {"domain": "source", "auc": 0.1, "pauc": 0.1},
        {"domain": None, "auc": 0.25, "pauc": 1.0},
    ]
    assert cell_means(rows) == {"auc_mean": 0.5, "pauc_mean": 0.75}
    assert cell_means([*rows, {"domain": None, "auc": None, "pauc": None}]) == {"auc_mean": None, "pauc_mean": None}
    assert cell_means([]) == {"auc_mean": None, "pauc_mean": None}
