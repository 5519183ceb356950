"""From more normal recordings than fit in memory to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offkey.detectors.from_moments import FromMoments
from offkey.errors import UsageError
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.hearing.distinct import distinct
from offkey.hearing.identity import Identity
from offkey.hearing.rates import common_rate
from offkey.model import Model
from offkey.model.config import make_config
from offkey.model.fitting.fit_features import fit_features
from offkey.model.fitting.training_set import Choice
from offkey.model.lengths import learn_lengths
from offkey.model.make_components import make_detector, make_extractor
from offkey.model.reference import learn_reference
from offkey.scale.jobs import FeatureJob, features
from offkey.scale.summing_up import BUNDLE_PARTS, sum_up
from offkey.work.executor import Executor
from offkey.work.runs import PART_ITEMS, Done, run_job

__all__ = ["MOST_CLIPS", "FittedRun", "fit_run"]

MOST_CLIPS = 10_000
"""Clips that a detector is fitted on, by default; of more a sample is drawn."""

_HEADERS = 1024  # clips whose header decides the rate, where no rate is asked for


@dataclass(frozen=True)
class FittedRun:
    """A model, and the run that its features came from."""

    model: Model
    done: Done[Identity]


def fit_run(
    clips: Sequence[Identity],
    folder: str,
    executor: Executor,
    *,
    most_clips: int = MOST_CLIPS,
    domains: Mapping[str, str] | None = None,
    chosen: Choice | None = None,
    keep_references: int = 0,
    part_items: int = PART_ITEMS,
    bundle_parts: int = BUNDLE_PARTS,
    advance: Callable[[int], None] | None = None,
    **options: Any,
) -> FittedRun:
    """Extract the features of all clips part by part, and fit on them, or on a summary of them.

    Up to `most_clips` clips the model decides as that of `offkey.fit` does, to the last digit. Of more, near copies
    are not told from other clips, and the executor sums up the parts: a sample of those whose content has the lowest
    ranks (see `Reservoir`), and the moments of all. Detectors that can learn from moments learn from all clips, and
    are calibrated on the sample by what was learnt without each clip; others are fitted on the sample. The model is
    the same whatever the executor, the number of workers and interruptions.
    """
    config = make_config(**options)
    detector = make_detector(config)  # what is wrong with it is said before the long work
    spread = clips[:: max(1, len(clips) // _HEADERS)]
    headers = [clip.source() for clip in spread]
    rate, notes = common_rate(headers, config.rate)
    lengths = learn_lengths(headers, config, rate=rate)
    extractor = make_extractor(config, rate, lengths=lengths)
    if extractor.front_end.learns:
        raise UsageError(
            f"The front end '{config.features}' has to learn from all clips first, which parts cannot: train it with "
            "'offkey embed', and name the file with the parameter 'network'."
        )
    marks = len(clips) <= most_clips
    job = FeatureJob(config.model_dump_json(), rate, lengths, len(clips), fingerprints=marks)
    done = run_job(job, clips, folder, executor, part_items=part_items, advance=advance)
    kept, population = list[ClipFeatures](), None
    if len(clips) <= most_clips:
        kept = list(features(done))
    else:
        moments = isinstance(detector, FromMoments) or extractor.front_end.normalisation == "standard"
        summary = sum_up(
            done, executor, capacity=most_clips, moments=moments, domains=domains, bundle_parts=bundle_parts
        )
        kept, notes = summary.kept(), [*notes, *summary.notes()]
        population = summary.population() if summary.sample.seen > most_clips else None
    by_name = _by_name(clips, kept)
    of_clips = None if domains is None else [domains[by_name[clip.name].name] for clip in kept]
    model = fit_features(
        kept,
        config=config,
        rate=rate,
        front_end=extractor.front_end,
        domains=of_clips,
        notes=[*(chosen.notes if chosen else ()), *notes],
        left_out=chosen.left_out if chosen else (),
        population=population,
        lengths=lengths,
    )
    once = distinct(kept)
    sources = [by_name[clip.name].source() for clip in once.extracted]
    model.learnt = model.learnt and model.learnt.with_starts(sources)
    model.reference = learn_reference(sources, Batch(once.extracted), extractor, keep=keep_references)
    return FittedRun(model, done)


def _by_name(clips: Sequence[Identity], kept: Sequence[ClipFeatures]) -> dict[str, Identity]:
    """Return the clips that were kept, by the name that results have."""
    names = {clip.name for clip in kept}
    return {clip.text: clip for clip in clips if clip.text in names}
