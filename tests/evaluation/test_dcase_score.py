from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from offkey.datasets.editions import find_edition
from offkey.errors import DataError
from offkey.evaluation.dcase_score import dcase_score
from offkey.evaluation.official import official_score
from offkey.evaluation.sections import SectionScores
from offkey.evaluation.submission_writer import submission_tables, write_submission

Make = Callable[..., SectionScores]


def write_truth(folder: Path, section: SectionScores) -> None:
    """Write labels and domains in the form of the evaluators' folders, in another order than the scores."""
    for kind, values in (("data", section.labels), ("domain", (section.domains == "target").astype(int))):
        (folder / f"ground_truth_{kind}").mkdir(parents=True, exist_ok=True)
        rows = [f"{file},{value}" for file, value in zip(section.files, values, strict=True)]
        name = f"ground_truth_{section.machine}_section_{section.section}_test.csv"
        (folder / f"ground_truth_{kind}" / name).write_text("\n".join(reversed(rows)))


@pytest.fixture
def case(tmp_path: Path, make_section: Make) -> tuple[Path, Path, SectionScores]:
    """A submission, its ground truth, and the section in both."""
    made = make_section()
    files = tuple(f"section_00_{number:04d}.wav" for number in range(len(made)))
    section = SectionScores("fan", "00", files, made.scores, made.labels, made.domains, made.decisions)
    write_submission(tmp_path / "system", submission_tables(find_edition(2024), [section]))
    write_truth(tmp_path / "truth" / "dcase2024", section)
    return tmp_path / "system", tmp_path / "truth", section


def test_score_of_a_folder(case: tuple[Path, Path, SectionScores]) -> None:
    folder, truth, section = case
    result = dcase_score(folder, 2024, truth / "dcase2024")
    assert result.official == official_score([section], 2024)
    document = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert document["edition"] == 2024
    assert document["official_score"] == result.official.score
    assert document["official_score_ci"][0] < document["official_score"] < document["official_score_ci"][1]
    assert document["machines"][0]["machine"] == "fan"
    assert document["machines"][0]["pauc_source"] is None
    assert document["n_clips"] == 40
    assert document["notes"] == []


def test_ground_truth_of_all_editions_in_one_folder(case: tuple[Path, Path, SectionScores]) -> None:
    folder, truth, _ = case
    assert dcase_score(folder, "dcase2024", truth).labels == str(truth / "dcase2024")


def test_without_decisions_a_note_says_so(case: tuple[Path, Path, SectionScores]) -> None:
    folder, truth, _ = case
    (folder / "decision_result_fan_section_00_test.csv").unlink()
    result = dcase_score(folder, 2024, truth)
    assert result.notes == ["There are no decision_result files: precision, recall and F1 score are not known."]
    assert result.official.rows[0]["precision_source"] is None


def test_names_tell_labels_where_there_is_no_ground_truth(tmp_path: Path) -> None:
    clips = [f"{label}_id_02_{number:08d}.wav,{number}" for label in ("normal", "anomaly") for number in range(4)]
    (tmp_path / "anomaly_score_fan_id_02.csv").write_text("\n".join(clips))
    result = dcase_score(tmp_path, 2020)
    assert result.official.rows[0]["auc"] == 0.5
    assert result.labels == "clip names"
    assert result.notes == ["Labels come from the clips' names, and the score covers what the folder holds: fan."]


@pytest.mark.parametrize(
    ("folder", "year", "n_clips"),
    [
        ("dcase2020_dev_ae_izorin", 2020, 4021),
        ("dcase2021_dev_ae_coldleaf", 2021, 1200),
        ("dcase2022_dev_ae_returncode13", 2022, 4200),
    ],
)
def test_development_folders_need_no_ground_truth(vectors: Path, folder: str, year: int, n_clips: int) -> None:
    result = dcase_score(vectors / folder, year)
    assert result.to_json()["n_clips"] == n_clips
    assert "Labels come from the clips' names" in result.notes[-1]


@pytest.mark.parametrize(
    ("system", "score"), [("baseline_MSE", 0.5988161137636058), ("baseline_MAHALA", 0.6130056350133644)]
)
def test_scores_of_the_2023_evaluator(shared_data: Path, vectors: Path, system: str, score: float) -> None:
    folder = vectors / "dcase2023_eval_ae_magedabouelnaga" / system
    for truth in (
        shared_data / "ground_truth",
        shared_data / "ground_truth" / "dcase2023" / "ground_truth_data",
        shared_data / "ground_truth" / "dcase2023" / "eval_data_list_2023.csv",
        None,
    ):
        assert dcase_score(folder, 2023, truth).official.score == pytest.approx(score, abs=1e-9)


def test_2023_submission_by_published_names(tmp_path: Path, shared_data: Path, vectors: Path) -> None:
    """The same scores under the names that the challenge asked for, with the rows shuffled."""
    truth = shared_data / "ground_truth" / "dcase2023"
    scored = dcase_score(vectors / "dcase2023_eval_ae_magedabouelnaga" / "baseline_MSE", 2023, truth)
    write_submission(tmp_path, submission_tables(find_edition(2023), scored.sections))
    rng = np.random.default_rng(0)
    for path in tmp_path.iterdir():
        rows = path.read_text().splitlines()
        assert rows[0].startswith("section_00_0")
        path.write_text("\n".join(rows[i] for i in rng.permutation(len(rows))))
    assert dcase_score(tmp_path, 2023, truth).official == scored.official


def test_spoilt_2023_submission_is_refused_with_the_names(tmp_path: Path, shared_data: Path, vectors: Path) -> None:
    folder = tmp_path / "spoilt"
    shutil.copytree(vectors / "dcase2023_eval_ae_magedabouelnaga" / "baseline_MSE", folder)
    (grinder,) = folder.glob("anomaly_score_*grinder*")
    rows = grinder.read_text().splitlines()
    grinder.write_text("\n".join([*rows[1:], rows[-1]]))
    (shaker,) = folder.glob("anomaly_score_*shaker*")
    other = shaker.read_text().splitlines()
    shaker.write_text("\n".join(["section_00_source_test_normal_9999.wav,1", *other[1:]]))
    (folder / next(folder.glob("decision_result_*Vacuum*"))).unlink()
    with pytest.raises(DataError) as error:
        dcase_score(folder, 2023, shared_data / "ground_truth")
    message = str(error.value)
    assert "1 file missing (decision_result_Vacuum_section_00_test.csv)" in message
    assert f"{grinder.name}: 1 doubled ({rows[-1].split(',')[0]})" in message
    assert f"{grinder.name}: 1 missing ({rows[0].split(',')[0]})" in message
    assert f"{shaker.name}: 1 unknown to the ground truth (section_00_source_test_normal_9999.wav)" in message
    assert f"{shaker.name}: 1 missing ({other[0].split(',')[0]})" in message


def test_score_of_mlperf_tiny(tmp_path: Path, vectors: Path) -> None:
    for path in (vectors / "mlperf_tiny_toycar").glob("tflite_quant_anomaly_score_*.csv"):
        shutil.copy(path, tmp_path / path.name.removeprefix("tflite_quant_"))
    result = dcase_score(tmp_path, 2020)
    assert result.official.machine_means[0]["arithmetic"]["auc"] == pytest.approx(0.8394356264804379, abs=1e-9)
    assert result.official.machine_means[0]["arithmetic"]["pauc"] == pytest.approx(0.7190982924721754, abs=1e-9)
