from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from offkey.datasets.editions import find_edition
from offkey.evaluation.intervals import Interval, percentile_interval
from offkey.evaluation.official import RankedSection, official_score, rank_sections
from offkey.evaluation.official_intervals import official_interval, resampled_scores
from offkey.evaluation.ranking import Floats
from offkey.evaluation.sections import SectionScores

Make = Callable[..., SectionScores]


def system(make: Make, lift: float = 1.0, n: int = 80) -> list[SectionScores]:
    return [make(machine, "00", n=n, seed=seed, lift=lift) for seed, machine in enumerate(("fan", "pump"))]


def ranked(sections: list[SectionScores], year: int) -> list[RankedSection]:
    return rank_sections(sections, find_edition(year).score)


def interval(sections: list[SectionScores], year: int, **options: int) -> Interval:
    return official_interval(ranked(sections, year), find_edition(year).score, **options)


def resampled(systems: list[list[SectionScores]], year: int, **options: int) -> list[Floats]:
    return resampled_scores([ranked(one, year) for one in systems], find_edition(year).score, **options)


@pytest.mark.parametrize("edition", [2020, 2021, 2022, 2026])
def test_interval_holds_the_score(make_section: Make, edition: int) -> None:
    sections = system(make_section)
    low, high = interval(sections, edition, n_resamples=300)
    assert low < official_score(sections, edition).score < high
    assert high - low < 0.3
    assert interval(sections, edition, n_resamples=300) == (low, high)


@pytest.mark.parametrize("edition", [2020, 2021, 2023])
def test_resampled_scores_are_those_of_the_resamples(make_section: Make, edition: int) -> None:
    sections = system(make_section, n=8)
    rng_rows = []
    from offkey.evaluation.intervals import stratified_counts

    for number, section in enumerate(sections):
        strata = [f"{domain}{label}" for domain, label in zip(section.domains, section.labels, strict=True)]
        rng_rows.append(next(stratified_counts(strata, 5, seed=4 + number)))
    scores = resampled([sections], edition, n_resamples=5, seed=4)[0]
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
    ours, theirs = resampled([better, reference], 2023, n_resamples=300)
    low, high = percentile_interval(ours - theirs)
    assert 0 < low < official_score(better, 2023).score - official_score(reference, 2023).score < high


def test_a_perfect_score_is_not_certain(make_section: Make) -> None:
    sections = [replace(section, scores=section.labels * 1.0) for section in system(make_section, n=40)]
    low, high = interval(sections, 2020, n_resamples=20)
    least = (1 - 0.1 / 2 / (1 - 0.1 / 2)) / 2  # of a pAUC
    assert low == pytest.approx(np.mean([0.025 ** (1 / 20), 1 - (1 - least) * (1 - 0.025 ** (1 / 2))]))
    assert high == 1
