"""The models of sister machines, from which a model of a new machine with few clips learns how normal clips vary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from offkey.audio.channel import is_pair
from offkey.errors import UsageError
from offkey.features import FrontEnd
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.extractor import Extractor
from offkey.listing import listing
from offkey.model.fitting.moved_clips import likelier_by
from offkey.model.model import Model
from offkey.model.model_file import load_model
from offkey.model.variation import MOST_KEPT, Variation

__all__ = ["Bases", "Sisters", "read_sisters"]

Bases: TypeAlias = str | PathLike[str] | Model | Sequence[str | PathLike[str] | Model]
"""The models of sister machines, or their files."""

_ALIKE = 1.1  # times as long as a usual clip of a sister a usual clip may be, or the other way round


@dataclass(frozen=True)
class Sister:
    """A machine of the kind of a new one."""

    name: str  # that messages have for it
    model: Model
    variation: Variation


@dataclass(frozen=True)
class Sisters:
    """Machines of the kind of a new one, each with a model."""

    each: list[Sister]

    @property
    def rate(self) -> int:
        """The lowest sampling rate in Hz of the models, at which a new one hears unless it is told another."""
        return min(sister.model.rate for sister in self.each)

    def check(self, extractor: Extractor) -> None:
        """Check that the models hear as an extractor does; a UsageError says which does not, and in what."""
        if extractor.front_end.learns:
            raise UsageError(
                f"The front end '{extractor.front_end.name}' would learn other features than those of a base: name the "
                "trained network with --features-param network=FILE, for both."
            )
        for sister in self.each:
            if (fault := _difference(sister.model, extractor)) is not None:
                raise UsageError(f"The base {sister.name} hears in another way than the new model: {fault}.")

    def check_apart(self, clips: Sequence[ClipFeatures]) -> None:
        """Check that no model has learnt a clip of the new machine; a UsageError says which has.

        A copy among the clips of a sister would vouch for a clip that is held out: its score would be far too low.
        """
        for sister in self.each:
            learnt = sister.model.learnt
            shared = [clip.name for clip in clips if learnt is not None and learnt.score(clip.digest) is not None]
            if shared:
                without = f", or fit without {listing(sorted(shared))}" if len(shared) < len(clips) else ""
                raise UsageError(
                    f"The base {sister.name} has learnt {len(shared)} of these {len(clips)} clips, but a base is the "
                    f"model of another machine: leave it out{without}."
                )

    def moved(
        self, vectors: NDArray[np.float32], groups: NDArray[Any], front_end: FrontEnd
    ) -> tuple[NDArray[np.float32], list[str]]:
        """Return the clips of sisters moved to the mean of those of the new machine, and what to tell the user.

        A sister is left out that makes held-out clips less likely (`likelier_by`).

        `vectors`: shape (n, n_features); features of the new machine.
        `groups`: shape (n,); of clips that are held out together.
        Returns: shape (m, n_features); without any row where all sisters are left out.
        """
        first = slice(0, front_end.bands or vectors.shape[1])
        most = max(1, MOST_KEPT // len(self.each))
        rows, alike, unlike = [vectors[:0]], list[str](), list[str]()
        for sister in self.each:
            rows_kept = np.linspace(0, len(sister.variation.away) - 1, min(most, len(sister.variation.away)))
            away = sister.variation.away[rows_kept.astype(int)]
            if likelier_by(vectors[:, first], away[:, first], groups) > 0:
                rows.append(away + vectors.mean(axis=0))
                alike.append(sister.name)
            else:
                unlike.append(sister.name)
        found = np.concatenate(rows)
        return found, _notes(len(found), alike, unlike)


def read_sisters(bases: Bases | None, *, trust_remote_code: bool = False) -> Sisters | None:
    """Return the sisters whose models or files are given, None where none is.

    A model of the same clips as one before it counts once.

    `trust_remote_code`: as of `load_model`.
    """
    several = isinstance(bases, Iterable) and not isinstance(bases, str | PathLike)
    given: list[Any] = [] if bases is None else list(cast("Iterable[Any]", bases)) if several else [bases]
    found = dict[str, Sister]()
    for number, base in enumerate(given, 1):
        is_model = isinstance(base, Model)
        name = f"model {number}" if is_model else str(base)
        model = base if is_model else load_model(base, trust_remote_code=trust_remote_code)
        if model.variation is None:
            raise UsageError(
                f"The base {name} does not keep how its normal clips vary, as models of earlier versions do not: fit "
                "it again."
            )
        found.setdefault(model.fitted_on.digest, Sister(name, model, model.variation))
    return Sisters(list(found.values())) if found else None


def _notes(n: int, alike: Sequence[str], unlike: Sequence[str]) -> list[str]:
    notes = []
    if alike:
        notes.append(f"How normal clips vary was learnt from {n} clips of sister machines as well: {listing(alike)}.")
    if unlike:
        notes.append(
            f"Left out, since these clips vary otherwise (they are less likely with it when they are held out): the "
            f"base {listing(unlike)}."
        )
    return notes


def _difference(model: Model, extractor: Extractor) -> str | None:
    """Say in what a base hears otherwise, and which option makes it the same; None if in nothing."""
    front_end, theirs = extractor.front_end, model.front_end
    if model.rate != extractor.rate:
        return f"at {model.rate} Hz, not {extractor.rate} Hz (--rate)"
    if theirs.name != front_end.name:
        return f"with the front end '{theirs.name}', not '{front_end.name}' (--features)"
    one, other = _settings(theirs), _settings(front_end)
    for name in {**one, **other}:
        if one.get(name) != other.get(name):
            return f"its front end has {name}={one.get(name)!r}, not {other.get(name)!r} (--features-param)"
    pairs = [channel if is_pair(channel) else "" for channel in (model.config.channel, extractor.channel)]
    if pairs[0] != pairs[1]:
        return f"the channel {model.config.channel!r}, not {extractor.channel!r} (--channel)"
    if model.lengths is not None and extractor.clip_s is not None:
        of_base, of_new = model.lengths.clip_s, extractor.clip_s
        if max(of_base, of_new) > _ALIKE * min(of_base, of_new):
            return f"clips of {of_base:.3g} s, not {of_new:.3g} s, and shorter ones vary more (--window)"
    return None


def _settings(front_end: FrontEnd) -> dict[str, Any]:
    """Return what features depend on, but for the length of clips, of which a little does not matter."""
    settings = {**front_end.params(), **front_end.about()}
    return {name: _plain(value) for name, value in settings.items() if name != "clip_s"}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
