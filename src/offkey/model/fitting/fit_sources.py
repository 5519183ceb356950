"""From normal recordings to a model: what their headers decide, their features, the fit, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from offkey.datasets.grouping import pieces_told
from offkey.errors import UsageError
from offkey.features.learning import Origin
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.hearing.distinct import by_content, distinct
from offkey.hearing.extractor import Extractor
from offkey.hearing.learning import training_clips
from offkey.hearing.rates import common_rate
from offkey.hearing.source import Source
from offkey.model.config import ModelConfig
from offkey.model.fitting.fit_features import fit_features
from offkey.model.fitting.learn_lengths import learn_lengths, with_shares
from offkey.model.fitting.learn_reference import learn_reference
from offkey.model.fitting.population import Population
from offkey.model.fitting.sisters import Sisters
from offkey.model.fitting.training_set import Choice
from offkey.model.lengths import Lengths
from offkey.model.make_components import make_detector, make_extractor
from offkey.model.model import Model
from offkey.work.jobs import checked_jobs

__all__ = ["Preparation", "fit_chosen", "fit_extracted", "prepare"]


@dataclass(frozen=True)
class Preparation:
    """A fit before the first recording is read whole."""

    config: ModelConfig
    lengths: Lengths
    extractor: Extractor
    notes: list[str]


def prepare(
    sources: Sequence[Source], config: ModelConfig, jobs: int | None = None, sisters: Sisters | None = None
) -> Preparation:
    """Settle rate, lengths and extractor by the headers of recordings.

    `jobs`: number of threads; by default one per processor.
    `sisters`: their rate is that of the model, unless another is asked for.
    """
    make_detector(config)  # what is wrong with it is said before the long work
    wanted = sisters.rate if config.rate is None and sisters is not None else config.rate
    rate, notes = common_rate(sources, wanted, jobs)
    lengths = learn_lengths(sources, config, jobs, rate=rate)
    extractor = make_extractor(config, rate, digest=True, lengths=lengths, fingerprints=True)
    if sisters is not None:
        sisters.check(extractor)
    return Preparation(config, lengths, extractor, notes)


def fit_chosen(
    chosen: Choice,
    sources: Sequence[Source],
    config: ModelConfig,
    *,
    domains: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    origins: Sequence[Origin] | None = None,
    keep_references: int = 0,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
    sisters: Sisters | None = None,
) -> Model:
    """Fit a model on clips that were chosen already."""
    threads = checked_jobs(jobs)
    if sisters is not None and domains is not None:
        raise UsageError("A base cannot be joined with clips of several domains: fit those of one domain.")
    prepared = prepare(sources, config, threads, sisters)
    front_end, rate = prepared.extractor.front_end, prepared.extractor.rate
    if front_end.learns:
        rows = by_content(sources)
        known = None if origins is None else [origins[row] for row in rows]
        clips_to_learn = training_clips([sources[row] for row in rows], prepared.extractor, known)
        front_end.learn(clips_to_learn, rate, jobs=threads, stage=lambda _name, _steps: lambda: None)
    extractor = with_shares(prepared.extractor, prepared.lengths, len(sources))
    extracted = list(extractor.extract_all(sources, jobs=threads, advance=advance))
    return fit_extracted(
        prepared,
        extracted,
        sources,
        chosen,
        domains=domains,
        groups=groups,
        keep_references=keep_references,
        jobs=threads,
        sisters=sisters,
    )


def fit_extracted(
    prepared: Preparation,
    extracted: Sequence[ClipFeatures],
    sources: Sequence[Source],
    chosen: Choice | None = None,
    *,
    domains: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    notes: Sequence[str] = (),
    population: Population | None = None,
    keep_references: int = 0,
    jobs: int | None = None,
    sisters: Sisters | None = None,
) -> Model:
    """Fit a model on the features of recordings, and keep of the recordings what explains scores later.

    `sources`: the recordings that the features are of, in their order.
    `notes`: what the user is told beside the notes of the choice and of the headers.
    `groups`, `population`, `sisters`: as of `fit_features`.
    """
    told = pieces_told([clip.name for clip in extracted]) if groups is None else None
    model = fit_features(
        extracted,
        config=prepared.config,
        rate=prepared.extractor.rate,
        front_end=prepared.extractor.front_end,
        domains=domains,
        groups=groups,
        notes=[*(chosen.notes if chosen else ()), *prepared.notes, *notes, *([told] if told else [])],
        left_out=chosen.left_out if chosen else (),
        population=population,
        lengths=prepared.lengths,
        sisters=sisters,
    )
    once = distinct(extracted)
    model.learnt = model.learnt and model.learnt.with_starts(sources)
    model.reference = learn_reference(
        once.of(sources), Batch(once.extracted), prepared.extractor, keep=keep_references, jobs=jobs
    )
    return model
