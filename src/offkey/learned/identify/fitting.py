"""Fit a classifier on clips of known types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.audio import Channel
from offkey.errors import AudioError, DataError, ParameterError
from offkey.hearing.batch import Batch, ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.hearing.identity import digest_of_all
from offkey.hearing.rates import common_rate
from offkey.hearing.windows import Windowing
from offkey.learned.identify.classifiers import Classifier, Examples, create
from offkey.learned.identify.clips import TypedClip
from offkey.learned.identify.identifier import UNKNOWN, Identifier, TypesFittedOn, check_unknown
from offkey.learned.identify.measures import measure_types
from offkey.learned.identify.score_table import FIXED_COLUMNS
from offkey.learned.identify.splits import FEWEST_HELD_OUT, FEWEST_TRAIN, TypeSplit, split_clips
from offkey.learned.identify.type_model import TypeModel

__all__ = ["Learnt", "fit_identifier", "learn"]


@dataclass(frozen=True)
class Learnt:
    """A fitted classifier with the examples and clips that it was fitted on, for a report."""

    identifier: Identifier
    train: Examples
    held_out: Examples
    train_clips: list[TypedClip]
    held_out_clips: list[TypedClip]


def fit_identifier(clips: Sequence[TypedClip] | TypeSplit, **options: Any) -> Identifier:
    """Fit a classifier of machine types; arguments and errors as in `learn`."""
    return learn(clips, **options).identifier


def learn(
    clips: Sequence[TypedClip] | TypeSplit,
    *,
    classifier: str = "linear",
    classifier_params: dict[str, Any] | None = None,
    split: str = "id",
    holdout: float = 0.25,
    seed: int = 0,
    unknown_rate: float = 0.05,
    least_probability: float = 0.5,
    leave_out_types: bool = False,
    rate: int | None = None,
    channel: Channel = 0,
    left_out: Sequence[tuple[str, str]] = (),
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
    say: Callable[[str], None] = lambda sentence: None,
) -> Learnt:
    """Fit a classifier of machine types, and measure it on clips held out.

    `unknown_rate` is the share of clips of known types that may be called unknown for their distance from the training
    clips; a clip whose likeliest type is less probable than `least_probability` is unknown too. With `leave_out_types`
    and three types or more, a classifier fitted without each type measures how many of its clips are called unknown.
    `rate` in Hz defaults to the clips' lowest, at most 48,000. `left_out` lists name and reason of recordings that are
    not among the clips. `advance` is called after each recording, `say` with a sentence before each step.
    """
    check_unknown(unknown_rate=unknown_rate, least_probability=least_probability)
    make = _Maker(classifier, dict(classifier_params or {}), seed)
    divided = clips if isinstance(clips, TypeSplit) else split_clips(clips, by=split, holdout=holdout, seed=seed)
    types = divided.types
    _check_types(types, leave_out_types=leave_out_types)
    sides = [*divided.train, *divided.held_out]
    found_rate, notes = common_rate([clip.path for clip in sides], rate, jobs)
    extractor = Extractor(make().front_end(), found_rate, channel, Windowing(), digest=True, centred=False)
    features = list(extractor.extract_all([clip.path for clip in sides], jobs=jobs, advance=advance))
    n_train = len(divided.train)
    train, train_clips = _examples(features[:n_train], divided.train, types, FEWEST_TRAIN, "to learn from")
    held_out, held_out_clips = _examples(features[n_train:], divided.held_out, types, FEWEST_HELD_OUT, "to hold out")
    options: dict[str, Any] = {"unknown_rate": unknown_rate, "least_probability": least_probability}
    say(f"Fitting {len(types)} types on {len(train.y)} clips.")
    model = TypeModel.fit(make(), train, held_out, **options, say=say)
    foreign = _foreign(make, train, held_out, types, options, say) if leave_out_types else {}
    failed = [(clip.name, str(window.error)) for clip in features for window in clip.windows if window.vector is None]
    fitted_on = TypesFittedOn(
        train=_counts(train_clips),
        held_out=_counts(held_out_clips),
        split=divided.by,
        about_split=divided.about(),
        unseen_ids=divided.unseen,
        digest=digest_of_all(clip.digest for clip in features),
        measured=_measured(model, held_out, types),
        foreign=foreign,
        left_out=(*left_out, *failed),
        notes=tuple(notes),
    )
    identifier = Identifier(types, model, found_rate, channel, fitted_on)
    return Learnt(identifier, train, held_out, train_clips, held_out_clips)


@dataclass(frozen=True)
class _Maker:
    """Makes new classifiers of one configuration."""

    name: str
    params: dict[str, Any]
    seed: int

    def __call__(self) -> Classifier:
        made = create(self.name, **self.params)
        if "seed" in made.defaults() and "seed" not in self.params:
            made.seed = self.seed  # type: ignore[attr-defined]
        return made


def _check_types(types: tuple[str, ...], *, leave_out_types: bool) -> None:
    if len(types) < 2:
        raise DataError(f"A classifier of machine types needs two or more; found {', '.join(types) or 'none'}.")
    if leave_out_types and len(types) < 3:
        raise ParameterError(f"Leaving a type out takes three or more types; found {', '.join(types)}.")
    for name in types:
        if name in FIXED_COLUMNS or name == UNKNOWN:
            raise DataError(f"No machine type may be called {name!r}, which has a meaning in the results: rename it.")


def _examples(
    features: list[ClipFeatures], clips: list[TypedClip], types: tuple[str, ...], fewest: int, purpose: str
) -> tuple[Examples, list[TypedClip]]:
    """Return features and types, one row per clip or a window of a long one, and the clip of each."""
    batch = Batch(features)
    of_windows = batch.spread(clips)
    counts = Counter(clip.machine_type for clip in of_windows)
    for name in types:
        if counts[name] < fewest:
            reason = f"; the first reason: {next(iter(batch.errors.values()))}" if batch.errors else "."
            raise AudioError(
                f"The machine type {name!r} has {counts[name]} clips {purpose} that can be used: expected {fewest} or "
                f"more{reason}"
            )
    y = np.array([types.index(clip.machine_type) for clip in of_windows])
    return Examples(batch.vectors, y), of_windows


def _measured(model: TypeModel, held_out: Examples, types: tuple[str, ...]) -> dict[str, Any]:
    judged = model.judge(held_out.X)
    figures = measure_types([types[k] for k in held_out.y], [types[k] for k in judged.likeliest])
    before, after = model.log_losses(held_out)
    losses = {"log_loss_uncalibrated": before, "log_loss": after}
    return {**figures.to_json(), **losses, "called_unknown": float(judged.unknown.mean())}


def _foreign(
    make: _Maker,
    train: Examples,
    held_out: Examples,
    types: tuple[str, ...],
    options: dict[str, Any],
    say: Callable[[str], None],
) -> dict[str, float]:
    """Return, for each type, the share called unknown by a model of the other types."""
    shares = {}
    for number, name in enumerate(types):
        say(f"Fitting without {name}, to measure how many of its clips are called unknown.")
        model = TypeModel.fit(make(), _without(train, number), _without(held_out, number), **options)
        foreign = np.concatenate([side.X[side.y == number] for side in (train, held_out)])
        shares[name] = float(model.judge(foreign).unknown.mean())
    return shares


def _without(examples: Examples, number: int) -> Examples:
    kept = examples.only(examples.y != number)
    y: NDArray[np.intp] = kept.y - (kept.y > number)
    return Examples(kept.X, y)


def _counts(clips: list[TypedClip]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for clip in dict.fromkeys(clips):
        of_type = counts.setdefault(clip.machine_type, {})
        of_type[clip.ident or ""] = of_type.get(clip.ident or "", 0) + 1
    return counts
