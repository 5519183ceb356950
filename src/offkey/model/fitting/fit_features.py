"""From the features of normal recordings to a model: standardiser, detector, calibration and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey import features
from offkey.decision import Calibration, describe_realised
from offkey.detectors.base import Detector
from offkey.detectors.domains import lifted
from offkey.errors import AudioError, ParameterError
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.hearing.distinct import distinct
from offkey.listing import listing
from offkey.model.config import ModelConfig
from offkey.model.fitting.gathering import FEW_CLIPS, FEWEST_CLIPS, check_differ, gather
from offkey.model.fitting.learn_lengths import by_length, shorter_parts
from offkey.model.fitting.moved_clips import fit_scored_with
from offkey.model.fitting.near_copies import find_sounds, gain_direction
from offkey.model.fitting.outliers import describe_outliers
from offkey.model.fitting.population import Population, fit_scored, learn_standardiser, moments_for
from offkey.model.fitting.sisters import Sisters
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
    check_differ(Batch(extracted))
    once = distinct(extracted)
    batch = Batch(once.extracted)
    fitted_on, vectors = gather(batch, once.copies), batch.vectors
    domain = None if domains is None else np.asarray(batch.spread(once.of(domains)))
    if population is not None and once.copies:  # the moments of all clips count copies as often as they are there
        population = replace(population, moments=None)
    sounds = find_sounds(front_end, rate, batch)
    if sounds.count < FEWEST_CLIPS:
        raise AudioError(
            f"Too few different sounds to fit: expected at least {FEWEST_CLIPS}, better {FEW_CLIPS} or more, found "
            f"{sounds.count} among {fitted_on.clips} clips, which are near copies of each other; record more."
        )
    together = sounds.groups(batch.held_out_together() if groups is None else _numbered(batch, once.of(groups)))
    learnt, of_sisters = vectors, list[str]()
    if sisters is not None:
        sisters.check_apart(batch.clips)
        moved, of_sisters = sisters.moved(vectors, together, front_end)
        learnt = np.concatenate([vectors, moved])
    standardiser = learn_standardiser(front_end, learnt, population)
    rows = learnt if standardiser is None else standardiser(learnt)
    X = rows[: len(vectors)]
    moments = moments_for(detector, population, standardiser, by_domain=domains is not None)
    beside = shorter_parts(batch, standardiser)
    if len(rows) > len(X):
        scores = fit_scored_with(detector, rows, len(X), groups=together, seed=seed, beside=beside)
    else:
        scores = fit_scored(detector, X, moments, domains=domain, groups=together, seed=seed, beside=beside)
    known = np.zeros(len(X), int) if domain is None else domain
    as_highest, highest = lifted(scores[: len(X)], known)
    of_groups = None if groups is None else len(np.unique(together))
    calibration = Calibration(sounds.highest(as_highest), of_groups)
    counts = {} if domain is None else dict(Counter(domain.tolist()))
    names = batch.names
    parts = front_end.parts(rate)
    louder = gain_direction(front_end, rate) if parts else None  # a network is not loaded for this alone
    check = describe_outliers(vectors, sounds.numbers, parts, louder, names)
    told = (
        *notes,
        *once.notes(),
        *sounds.notes(names),
        *check,
        *_trimmed(detector, X, domain, names),
        *front_end.notes(),
        *of_sisters,
        *_of_domains(highest, counts),
        *_notes(calibration, config.false_alarm_rate, len(np.unique(sounds.groups(batch.recording))), of_groups),
    )
    fitted_on = fitted_on.model_copy(
        update={"notes": told, "domains": counts, "left_out": (*left_out, *fitted_on.left_out)}
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
        sound=SoundRange.of(window.traits for window in batch.windows),
        learnt=LearntClips.of(batch.digests, scores[: len(X)]),
        windowing=learnt_windowing(config, lengths),
        lengths=lengths,
        by_length=None if beside is None else by_length(scores, sounds.numbers, beside),
        variation=Variation.of(vectors, domain),
    )


def _numbered(batch: Batch, groups: Sequence[str]) -> NDArray[np.intp]:
    """Return the number of the group of each window; a ParameterError says that there are too few groups."""
    names, numbers = np.unique(batch.spread(groups), return_inverse=True)
    if len(names) < FEWEST_CLIPS:
        raise ParameterError(
            f"Too few groups to hold out: expected at least {FEWEST_CLIPS}, better {FEW_CLIPS} or more, found "
            f"{len(names)} among {len(batch.clips)} clips: {', '.join(names.tolist())}."
        )
    return numbers.reshape(len(batch))


def _of_domains(highest: str | None, counts: dict[str, int]) -> list[str]:
    """Say in which domain the threshold keeps its rate."""
    if highest is None:
        return []
    return [
        f"Normal clips of the domain '{highest}' score highest: the threshold keeps its rate there, as far as its "
        f"{counts[highest]} windows tell, and fewer normal clips of other domains alarm."
    ]


def _trimmed(detector: Detector, X: NDArray[Any], domain: NDArray[np.str_] | None, names: Sequence[str]) -> list[str]:
    """Say which clips do not vouch for others, where they are few enough to listen to."""
    odd = list(dict.fromkeys(names[row] for row in detector.trimmed(X, domains=domain)))
    if not odd:
        return []
    are = "is" if len(odd) == 1 else "are"
    return [
        f"{len(odd)} of {len(X)} clips {are} least like the others. Such clips count for the threshold, but no clip is "
        f"compared with them, since a fault may be among them: {listing(odd)}."
    ]


def _notes(calibration: Calibration, false_alarm_rate: float, recordings: int, groups: int | None) -> list[str]:
    notes = []
    if len(calibration.normal_scores) < FEW_CLIPS:
        notes.append(
            f"Only {len(calibration.normal_scores)} normal clips: scores are a rough guide, "
            f"{FEW_CLIPS} or more make a model."
        )
    told = describe_realised(len(calibration.normal_scores), false_alarm_rate, recordings=recordings, groups=groups)
    return [*notes, told]
