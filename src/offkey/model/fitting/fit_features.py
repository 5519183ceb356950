"""From the features of normal recordings to a model: standardiser, detector, calibration and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from offkey import features
from offkey.decision import Calibration
from offkey.detectors.domains import lifted
from offkey.hearing.batch import ClipFeatures
from offkey.model.config import ModelConfig
from offkey.model.fitting.fit_notes import calibration_notes, clip_notes, domain_notes
from offkey.model.fitting.learn_lengths import by_length, shorter_parts
from offkey.model.fitting.moved_clips import fit_scored_with
from offkey.model.fitting.population import Population, fit_scored, learn_standardiser, moments_for
from offkey.model.fitting.sisters import Sisters
from offkey.model.fitting.training_rows import training_rows
from offkey.model.learnt_clips import LearntClips
from offkey.model.lengths import Lengths, learnt_windowing
from offkey.model.make_components import make_detector, make_front_end
from offkey.model.model import Model
from offkey.model.sound_range import SoundRange
from offkey.model.variation import Variation

__all__ = ["fit_features"]


def fit_features(
    extracted: Sequence[ClipFeatures],
    *,
    config: ModelConfig,
    rate: int,
    front_end: features.FrontEnd | None = None,
    domains: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    notes: Sequence[str] = (),
    left_out: Sequence[tuple[str, str]] = (),
    seed: int = 0,
    population: Population | None = None,
    lengths: Lengths | None = None,
    sisters: Sisters | None = None,
) -> Model:
    """Fit a model on features that are extracted already.

    `extracted`: the training clips, as the extractor of `make_extractor` gives them; their order changes nothing, and
        equal ones count once.
    `rate`: sampling rate in Hz at which they were heard.
    `groups`: the group of each of `extracted`, whose clips are held out together and vouch as one; by default each
        recording is its own.
    `front_end`: what heard them; by default made as the configuration says, for one that has learnt nothing.
    `population`: all training clips, where `extracted` are a sample of them. A detector that can learn from moments
        learns from those of all, and the sample sets the threshold.
    `sisters`: machines of the same kind, whose clips vary as these do.
    """
    front_end = front_end or make_front_end(config)
    detector = make_detector(config)
    rows = training_rows(extracted, front_end, rate, domains=domains, groups=groups)
    if population is not None and rows.once.copies:  # the moments of all clips count copies as often as they are there
        population = replace(population, moments=None)
    learnt, of_sisters = rows.vectors, list[str]()
    if sisters is not None:
        sisters.check_apart(rows.batch.clips)
        moved, of_sisters = sisters.moved(rows.vectors, rows.held_out, front_end)
        learnt = np.concatenate([rows.vectors, moved])
    standardiser = learn_standardiser(front_end, learnt, population)
    standard = learnt if standardiser is None else standardiser(learnt)
    X = standard[: len(rows.vectors)]
    moments = moments_for(detector, population, standardiser, by_domain=domains is not None)
    beside = shorter_parts(rows.batch, standardiser)
    if len(standard) > len(X):  # with clips of sisters
        scores = fit_scored_with(detector, standard, len(X), groups=rows.held_out, seed=seed, beside=beside)
    else:
        scores = fit_scored(detector, X, moments, domains=rows.domain, groups=rows.held_out, seed=seed, beside=beside)
    as_highest, highest = lifted(scores[: len(X)], np.zeros(len(X), int) if rows.domain is None else rows.domain)
    calibration = Calibration(rows.sounds.highest(as_highest), rows.n_groups)
    told = (
        *notes,
        *clip_notes(rows, X, front_end=front_end, rate=rate, detector=detector),
        *front_end.notes(),
        *of_sisters,
        *domain_notes(highest, rows.domains),
        *calibration_notes(calibration, config.false_alarm_rate, rows),
    )
    fitted_on = rows.fitted_on.model_copy(
        update={"notes": told, "domains": rows.domains, "left_out": (*left_out, *rows.fitted_on.left_out)}
    )
    return Model(
        config=config,
        rate=rate,
        front_end=front_end,
        standardiser=standardiser,
        detector=detector,
        calibration=calibration,
        threshold=calibration.threshold(config.false_alarm_rate),
        fitted_on=fitted_on if population is None else population.describe(fitted_on, by_moments=moments is not None),
        sound=SoundRange.of(window.traits for window in rows.batch.windows),
        learnt=LearntClips.of(rows.batch.digests, scores[: len(X)]),
        windowing=learnt_windowing(config, lengths),
        lengths=lengths,
        by_length=None if beside is None else by_length(scores, rows.sounds.numbers, beside),
        variation=Variation.of(rows.vectors, rows.domain),
    )
