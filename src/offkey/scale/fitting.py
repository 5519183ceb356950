"""From more normal recordings than fit in memory to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from offkey.model import Model
from offkey.model.extraction import ClipFeatures, default_jobs
from offkey.model.fitting import fit_features, make_config, make_detector
from offkey.model.rates import common_rate
from offkey.scale.clips import ClipRef
from offkey.scale.engine import Engine
from offkey.scale.gather import features
from offkey.scale.jobs import FeatureJob
from offkey.scale.reservoir import Reservoir
from offkey.scale.run import Done, run_job

__all__ = ["MOST_CLIPS", "FittedRun", "fit_run"]

MOST_CLIPS = 10_000
"""Clips that a detector is fitted on, by default; of more a sample is drawn."""

_HEADERS = 1024  # clips whose header decides the rate, where no rate is asked for
_BAD_CLIPS = 1000  # clips with an error that the model names


@dataclass(frozen=True)
class FittedRun:
    """A model, and the run that its features came from.

    Parameters
    ----------
    model : Model
        Fitted.
    done : Done
        The run; its parts can be read again.
    """

    model: Model
    done: Done


def fit_run(
    clips: Sequence[ClipRef],
    folder: str,
    engine: Engine,
    *,
    most_clips: int = MOST_CLIPS,
    domains: Mapping[str, str] | None = None,
    advance: Callable[[int], None] | None = None,
    **options: Any,
) -> FittedRun:
    """Extract the features of all clips in shards, and fit on them, or on a sample of them.

    Up to `most_clips` clips the model decides as that of `offkey.fit` does, to the last digit. Of more, those
    whose content has the lowest ranks are taken (see `Reservoir`): the same whatever the engine, the number of
    workers, and the shards.

    Parameters
    ----------
    clips : sequence of ClipRef
        In the order of names.
    folder : str
        Where the parts go: a path or a URL.
    engine : Engine
        Who extracts.
    most_clips : int, default 10,000
        Size of the sample.
    domains : mapping of str to str, optional
        Domain by the name of a clip.
    advance : callable, optional
        Called with a number of clips, when they are done.
    **options
        Fields of `ModelConfig`.

    Returns
    -------
    FittedRun

    Raises
    ------
    UsageError
        If an option is unknown or out of range.
    AudioError
        If too few clips can be used.
    OffkeyError
        If shards were given up.
    """
    config = make_config(**options)
    make_detector(config)  # what is wrong with it is said before the long work
    spread = clips[:: max(1, len(clips) // _HEADERS)]
    rate, notes = common_rate([clip.source() for clip in spread], config.rate, default_jobs())
    done = run_job(FeatureJob(config.model_dump_json(), rate), clips, folder, engine, advance=advance)
    reservoir = Reservoir(most_clips)
    bad: list[ClipFeatures] = []
    for clip in features(done):
        reservoir.add([clip])
        if len(bad) < _BAD_CLIPS and all(piece.vector is None for piece in clip.pieces):
            bad.append(clip)
    kept = sorted([*reservoir.clips(), *bad], key=lambda clip: clip.name)
    if reservoir.seen > most_clips:
        notes = [*notes, f"Fitted on {most_clips} of {reservoir.seen} clips, drawn by their content."]
    told = None
    if domains is not None:
        domain_of = {clip.text: domains[clip.name] for clip in clips}
        told = [domain_of[clip.name] for clip in kept]
    return FittedRun(fit_features(kept, config=config, rate=rate, domains=told, notes=notes), done)
