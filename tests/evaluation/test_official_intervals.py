from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from offkey.errors import DataError
from offkey.evaluation.official import official_score
from offkey.evaluation.official_intervals import official_difference, official_interval, resampled_scores
from offkey.evaluation.sections import SectionScores

Make = Callable[..., SectionScores]


def system(make: Make, lift: float = 1.0, n: int = 80) -> list[SectionScores]:
    return [make(machine, "00", n=n, seed=seed, lift=lift) for seed, machine in enumerate(("fan", "pump"))]


@pytest.mark.parametrize("edition", [2020, 2021, 2022, 2026])
def test_interval_holds_the_score(make_section: Make, edition: int) -> None:
    sections = system(make_section)
    low, high = official_interval(sections, edition, n_resamples=300)
    assert low < official_score(sections, edition).score < high
    assert high - low < 0.3
    assert official_interval(sections, edition, n_resamples=300) == (low, high)


@pytest.mark.parametrize("edition", [2020, 2021, 2023])
def test_resampled_scores_are_those_of_the_resamples(make_section: Make, edition: int) -> None:
    sections = system(make_section, n=8)
    rng_rows = []
    from offkey.evaluation.intervals import stratified_counts

    for number, section in enumerate(sections):
        strata = [f"{domain}{label}" for domain, label in zip(section.domains, section.labels, strict=True)]
        rng_rows.append(next(stratified_counts(strata, 5, seed=4 + number)))
    scores = resampled_scores([sections], edition, n_resamples=5, seed=4)[0]
    for resample, score in enumerate(scores):
        drawn = []
        for section, counts in zip(sections, rng_rows, strict=True):
            take = np.repeat(np.arange(len(section)), counts[resample].astype(int))
            drawn.append(
                replace(
                    section,
                    files=tuple(map(str, take)),
                    scores=section.scores[take],
                    labels=section.labels[take],
                    domains=section.domains[take],
                    decisions=None,
                )
            )
        assert official_score(drawn, edition).score == pytest.approx(score, abs=1e-12)


def test_difference_of_paired_systems(make_section: Make) -> None:
    reference = system(make_section)
    better = [replace(section, scores=section.scores + section.labels) for section in reference]
    found = official_difference(better, reference, 2023, n_resamples=300)
    assert 0 < found.interval[0] < found.value < found.interval[1]
    assert found.value == official_score(better, 2023).score - official_score(reference, 2023).score


def test_clips_are_paired_by_name(make_section: Make) -> None:
    sections = system(make_section, n=40)
    turned = [
        SectionScores(s.machine, s.section, s.files[::-1], s.scores[::-1], s.labels[::-1], s.domains[::-1], None)
        for s in sections
    ]
    found = official_difference(turned, sections, 2023, n_resamples=50)
    assert found.value == pytest.approx(0, abs=1e-15)
    assert found.interval == pytest.approx((0, 0), abs=1e-15)


def test_other_clips_or_sections_are_refused(make_section: Make) -> None:
    sections = system(make_section, n=40)
    renamed = [replace(sections[0], files=("other.wav", *sections[0].files[1:])), sections[1]]
    with pytest.raises(
        DataError, match=r"section 00 of fan, 2 clips were scored by one of them only, such as clip_0000"
    ):
        official_difference(renamed, sections, 2023, n_resamples=10)
    with pytest.raises(DataError, match="section 00 of pump was scored by one of them only"):
        official_difference(sections[:1], sections, 2023, n_resamples=10)


def test_a_perfect_score_is_not_certain(make_section: Make) -> None:
    sections = [replace(section, scores=section.labels * 1.0) for section in system(make_section, n=40)]
    low, high = official_interval(sections, 2020, n_resamples=20)
    least = (1 - 0.1 / 2 / (1 - 0.1 / 2)) / 2  # of a pAUC
    assert low == pytest.approx(np.mean([0.025 ** (1 / 20), 1 - (1 - least) * (1 - 0.025 ** (1 / 2))]))
    assert high == 1
