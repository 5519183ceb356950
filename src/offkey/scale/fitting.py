"""From more normal recordings than fit in memory to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offkey.detectors.from_moments import FromMoments
from offkey.errors import UsageError
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.identity import Identity
from offkey.model import Model
from offkey.model.config import make_config
from offkey.model.fitting.fit_sources import fit_extracted, prepare
from offkey.model.fitting.training_set import Choice
from offkey.model.make_components import make_detector
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
    groups: Mapping[str, str] | None = None,
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
    if groups is not None and len(clips) > most_clips:
        raise UsageError(
            f"Groups need all clips at once, and a fit on {len(clips)} takes a sample of {most_clips}: raise "
            "--most-clips, or leave out --group-by."
        )
    spread = clips[:: max(1, len(clips) // _HEADERS)]
    prepared = prepare([clip.source() for clip in spread], make_config(**options))
    config, front_end = prepared.config, prepared.extractor.front_end
    if front_end.learns:
        raise UsageError(
            f"The front end '{config.features}' has to learn from all clips first, which parts cannot: train it with "
            "'offkey embed', and name the file with the parameter 'network'."
        )
    rate, marks = prepared.extractor.rate, len(clips) <= most_clips
    job = FeatureJob(config.model_dump_json(), rate, prepared.lengths, len(clips), fingerprints=marks)
    done = run_job(job, clips, folder, executor, part_items=part_items, advance=advance)
    notes, population = list[str](), None
    if len(clips) <= most_clips:
        kept = list(features(done))
    else:
        moments = isinstance(make_detector(config), FromMoments) or front_end.normalisation == "standard"
        summary = sum_up(
            done, executor, capacity=most_clips, moments=moments, domains=domains, bundle_parts=bundle_parts
        )
        kept, notes = summary.kept(), summary.notes()
        population = summary.population() if summary.sample.seen > most_clips else None
    identities = _identities(clips, kept)
    model = fit_extracted(
        prepared,
        kept,
        [clip.source() for clip in identities],
        chosen,
        domains=None if domains is None else [domains[clip.name] for clip in identities],
        groups=None if groups is None else [groups[clip.name] for clip in identities],
        notes=notes,
        population=population,
        keep_references=keep_references,
    )
    return FittedRun(model, done)


def _identities(clips: Sequence[Identity], kept: Sequence[ClipFeatures]) -> list[Identity]:
    """Return the clip of each that was kept, which is found by the name that results have."""
    names = {clip.name for clip in kept}
    known = {clip.text: clip for clip in clips if clip.text in names}
    return [known[clip.name] for clip in kept]
