from __future__ import annotations

from offkey.experiments.candidate import Candidate
from offkey.experiments.cell import CellKey
from offkey.experiments.outcome import CellScores, ClipScore, Outcome
from offkey.experiments.system import LabelledScore, system_of, titles


def test_titles_name_the_detector_its_parameters_and_the_front_end() -> None:
    candidates = [
        Candidate(),
        Candidate("logmel", "gmm", detector_params={"n_components": 4, "covariance_type": "full"}),
        Candidate("logmel", "knn", features_params={"keep": list(range(60))}),
    ]
    assert titles(candidates) == [
        "fused (logmel)",
        "gmm covariance_type=full, n_components=4 (logmel)",
        "knn (logmel keep=[60 values])",
    ]


def test_seeds_are_told_only_where_nothing_else_differs() -> None:
    assert titles([Candidate(seed=3)]) == ["fused (logmel)"]
    assert titles([Candidate(seed=0), Candidate(seed=3), Candidate(detector="knn", seed=3)]) == [
        "fused (logmel), seed 0",
        "fused (logmel), seed 3",
        "knn (logmel)",
    ]


def test_outcomes_become_scores_by_clip(cell) -> None:
    found = cell(labels=(0, 1))
    clips = [ClipScore(clip.name, score, None, None) for clip, score in zip(found.test, (0.5, None), strict=True)]
    system = system_of("a", "A", [Outcome(Candidate(), found, CellScores("", clips))])
    assert system.cells == {
        CellKey("dev", "fan", "00", None): {
            "fan_00_test_0.wav": LabelledScore(0.5, 0, ""),
            "fan_00_test_1.wav": LabelledScore(None, 1, ""),
        }
    }
