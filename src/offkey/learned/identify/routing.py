"""Choose the model for each clip by its type, and by its machine if known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from offkey.datasets.names import parse_name
from offkey.errors import UsageError
from offkey.hearing.source import Source
from offkey.learned.identify.identifier import UNKNOWN, Identification, Identifier
from offkey.model import Model, Result
from offkey.model.model_file import load_model
from offkey.model.result import Failed, Scored, of_recording

__all__ = ["RoutedFailed", "RoutedResult", "RoutedScored", "Router"]

_AT_A_TIME = 64


@dataclass(frozen=True)
class _Route:
    """The model that was chosen for a clip, with the probability of the clip's likeliest type."""

    machine_type: str | None = None
    probability: float | None = None
    model: str | None = None


@dataclass(frozen=True)
class RoutedScored(_Route, Scored):
    """The score of a clip by the model that was picked for it."""


@dataclass(frozen=True)
class RoutedFailed(_Route, Failed):
    """A clip that has no score, by the model that was picked for it or because there is none."""


RoutedResult: TypeAlias = RoutedScored | RoutedFailed


@dataclass(frozen=True)
class _Named:
    """A model by its file's name: the type, and the id behind it."""

    name: str
    ident: str
    model: Model


class Router:
    """Models by machine type.

    The folder holds a model for each type, ``fan.offkey``, or for each machine, ``fan_00.offkey`` or
    ``fan_id_00.offkey``. `window_s` and `hop_s` say how long recordings are cut; by default as each model says.
    """

    def __init__(
        self,
        identifier: Identifier,
        folder: Path,
        *,
        window_s: float | None = None,
        hop_s: float | None = None,
        trust_remote_code: bool = False,
    ) -> None:
        self.identifier, self.folder = identifier, folder
        self.models: dict[str, list[_Named]] = {}
        if not folder.is_dir():
            raise UsageError(f"With --identify the model must be a folder of models; {folder} is none.")
        for path in sorted(folder.glob("*.offkey")):
            named = _type_and_ident(path.stem, identifier.types)
            if named is not None:
                model = load_model(path, trust_remote_code=trust_remote_code).with_windowing(window_s, hop_s)
                self.models.setdefault(named[0], []).append(
                    _Named(path.stem, named[1], model.with_windowing(window_s, hop_s))
                )
        if not self.models:
            raise UsageError(
                f"The folder {folder} holds no model of the types {', '.join(identifier.types)}: expected files such "
                f"as {identifier.types[0]}.offkey or {identifier.types[0]}_00.offkey."
            )

    def missing(self) -> list[str]:
        """Return the types that have no model."""
        return [name for name in self.identifier.types if name not in self.models]

    def results(
        self, sources: Iterable[Source], *, jobs: int | None = None, advance: Callable[[], None] | None = None
    ) -> Iterator[RoutedResult]:
        """Score many recordings, each by the model of its type: one result per recording, or per window of a long one.

        Of a type with several models, the model of the machine id in the clip's official name scores it. Without an id
        all models score it, and the lowest score counts: a normal clip of any of these machines is then normal, and an
        anomaly that sounds like another of them may be missed. A clip of an unknown type, or of a type without a model,
        has an error.
        """
        remaining = iter(sources)
        while batch := list(islice(remaining, _AT_A_TIME)):
            identifications = list(self.identifier.results(batch, jobs=jobs, advance=advance))
            results: dict[int, list[RoutedResult]] = {}
            for machine_type in dict.fromkeys(clip.machine_type for clip in identifications):
                rows = [number for number, clip in enumerate(identifications) if clip.machine_type == machine_type]
                models = self.models.get(machine_type or "", [])
                scored = [self._scored(named, [batch[number] for number in rows], jobs) for named in models]
                for place, number in enumerate(rows):
                    by_model = [(named, of_clip[place]) for named, of_clip in zip(models, scored, strict=True)]
                    results[number] = self._routed(identifications[number], by_model)
            for number in range(len(batch)):
                yield from results[number]

    def _scored(self, named: _Named, sources: Sequence[Source], jobs: int | None) -> list[list[Result]]:
        """Return the results of each recording by one model."""
        return named.model.judge(list(named.model.extractor().extract_all(sources, jobs=jobs)))

    def _routed(self, clip: Identification, by_model: list[tuple[_Named, list[Result]]]) -> list[RoutedResult]:
        about: dict[str, Any] = {"machine_type": clip.machine_type, "probability": clip.probability}
        if not by_model:
            return [RoutedFailed(clip.file, None, None, error=self._why_not_scored(clip), **about)]
        named_clip = parse_name(clip.file).section
        of_id = [pair for pair in by_model if named_clip and pair[0].ident == named_clip]
        named, results = max(of_id or by_model, key=lambda pair: _usual(*pair))
        about["model"] = named.name
        return [
            RoutedScored(**asdict(result), **about)
            if isinstance(result, Scored)
            else RoutedFailed(**asdict(result), **about)
            for result in results
        ]

    def _why_not_scored(self, clip: Identification) -> str:
        if clip.error is not None:
            return clip.error
        if clip.machine_type == UNKNOWN:
            return (
                f"{clip.file} belongs to none of the known machine types {', '.join(self.identifier.types)}; the "
                f"likeliest has a probability of {clip.probability:.2f}, and {clip.p_value:.2g} of its clips sound "
                "this unlike it."
            )
        return (
            f"{clip.file} is taken for {clip.machine_type}, of which {self.folder} holds no model: expected "
            f"{clip.machine_type}.offkey there."
        )


def _type_and_ident(stem: str, types: Sequence[str]) -> tuple[str, str] | None:
    """Return the type and the id in a model's name; of nested type names the longest."""
    for name in sorted(types, key=len, reverse=True):
        if stem.lower() == name.lower():
            return name, ""
        if stem.lower().startswith(f"{name.lower()}_"):
            return name, stem[len(name) + 1 :].removeprefix("id_")
    return None


def _usual(named: _Named, results: Sequence[Result]) -> tuple[float, float]:
    """Return how usual a model finds a recording: p-value of its most anomalous window, then beyond its floor."""
    worst = of_recording(results)
    if not isinstance(worst, Scored):
        return (-1.0, -1.0)
    return worst.p_value, named.model.calibration.tail.exceedance(worst.score)
