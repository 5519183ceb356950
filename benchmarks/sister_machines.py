"""New machines, each with its sisters: MIMII's mean spectra, synthetic plants, and parts of real recordings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.false_alarms import spectra
from benchmarks.peers import Case
from benchmarks.proxy_clips import Samples
from benchmarks.real_sets import Noise, in_noise, noises, real_case
from offkey import features
from offkey.features import FrontEnd
from offkey.model.config import ModelConfig
from offkey.synthetic import Plant, faults

__all__ = ["ARRAY_PARAMS", "NewMachine", "arrays", "real", "synthetic"]

ARRAY_PARAMS = {"pooling": [1.0], "deviation": False, "change": False, "lulls": False}
ARRAY_PARAMS |= {"transients": False, "modulation": False}
"""Parameters of the front end by which its features are mean log-mel spectra."""

_SECONDS, _PER_SISTER, _NORMAL, _FAULTY = 4.0, 60, 110, 70  # of a synthetic machine
_KINDS = ("fan", "pump", "slider", "valve")
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class NewMachine:
    """Features of clips of one machine, and normal ones of its sisters."""

    row: str  # of the table
    name: str
    normal: Vectors
    anomalous: Vectors
    sisters: list[Vectors]
    front_end: FrontEnd
    config: ModelConfig
    rate: int = 16_000
    tested: Vectors | None = None  # normal clips to score; by default those of `normal` that are not learnt
    most: int = 1000  # clips that are learnt, before their noise repeats


def arrays(data: Path, config: ModelConfig) -> Iterator[NewMachine]:
    """Yield MIMII's machines: the other id, and both of the other kind, at the same ratio are the sisters."""
    if config.features_params.get("fine_spectrum"):
        return
    config = config.model_copy(update={"features_params": {**config.features_params, **ARRAY_PARAMS}})
    front_end = features.create("logmel", **config.features_params)
    for machine, other in (("fan", "pump"), ("pump", "fan")):
        for ident, sister in (("00", "02"), ("02", "00")):
            for snr in ("6dB", "0dB", "min6dB"):
                normal, faulty = (
                    spectra(data, machine, snr, ident, label).astype(np.float32) for label in ("normal", "abnormal")
                )
                one = [spectra(data, machine, snr, sister, "normal").astype(np.float32)[::2]]
                strangers = [spectra(data, other, snr, each, "normal").astype(np.float32)[::4] for each in ("00", "02")]
                name = f"{machine} {ident} {snr}"
                for row, sisters in ((machine, one), (f"{machine}, by {other}s", strangers)):
                    yield NewMachine(f"MIMII {row}", name, normal, faulty[:100], sisters, front_end, config)


def synthetic(data: Path, config: ModelConfig) -> Iterator[NewMachine]:
    """Yield machines of two plants: four of the kind, two of another plant, or four of another kind are the sisters."""
    front_end = _front_end(config, _SECONDS)
    for seed in (1, 2):
        plant, other = (Plant(one, duration_s=_SECONDS, snr_db=0.0) for one in (seed, seed + 50))
        of_kind = {kind: [_normal(plant, kind, ident, front_end) for ident in range(1, 5)] for kind in _KINDS}
        for kind, next_kind in zip(_KINDS, (*_KINDS[1:], _KINDS[0]), strict=True):
            normal, faulty = _normal(plant, kind, 0, front_end, _NORMAL), _faulty(plant, kind, front_end)
            foreign = [_normal(other, kind, ident, front_end) for ident in (1, 2)]
            rows = {"": of_kind[kind], ", of another plant": foreign, f", by {next_kind}s": of_kind[next_kind]}
            for row, sisters in rows.items():
                yield NewMachine(
                    f"synthetic {kind}{row}", f"{kind} {seed}", normal, faulty, sisters, front_end, config, plant.rate
                )


def _normal(plant: Plant, kind: str, ident: int, front_end: FrontEnd, n: int = _PER_SISTER) -> Vectors:
    clips = (plant.clip(kind, ident, number).samples for number in range(n))
    return np.array([front_end.vector(clip, plant.rate) for clip in clips])


def _faulty(plant: Plant, kind: str, front_end: FrontEnd) -> Vectors:
    """Return clips that are not those of `_normal`, with every fault in turns, at half its severity."""
    names = faults(kind)
    clips = (
        plant.clip(kind, 0, 200 + number, fault=names[number % len(names)], severity=0.5).samples
        for number in range(_FAULTY)
    )
    return np.array([front_end.vector(clip, plant.rate) for clip in clips])


def real(data: Path, config: ModelConfig) -> Iterator[NewMachine]:
    """Yield parts of real sets as new machines, whose sisters are the other parts."""
    for speed in ("0600", "1200", "1800", "2400", "3000"):
        yield _part(data, "vibration", speed, config, _speed)
    for throttle in ("low", "high"):
        yield _part(data, "bldc_prop", throttle, config, _throttle)
    yield _part(data, "air_compressor", "later", config, _day)
    for kind, snr_db in (("ambience", -12.0), ("slide rail", -10.0)):
        for direction in ("cw", "ccw"):
            yield _part(data, "drone_propeller", direction, config, _direction, noise=(kind, snr_db))


def _part(
    data: Path,
    name: str,
    own: str,
    config: ModelConfig,
    part_of: Callable[[str], str],
    *,
    noise: tuple[str, float] | None = None,
) -> NewMachine:
    """Return the clips of one part of a set as a new machine, whose sisters are the clips of each other part."""
    folders = [sorted((data / "real" / name / folder).iterdir()) for folder in ("train", "test_normal", "test_anomaly")]
    parts = [[part_of(f"{path.parent.name}/{path.name}") for path in folder] for folder in folders]
    whole = real_case(data, name, most=max(map(len, folders)))
    of_parts = {part: _case_of(whole, parts, part) for part in dict.fromkeys(parts[0] + parts[1])}
    if noise is not None:
        of_parts = _in_noise(of_parts, own, noises(data, noise[0]), noise[1])
    case = of_parts[own]
    front_end = _front_end(config, len(case.normal[0]) / case.rate)

    def heard(clips: list[Samples]) -> Vectors:
        return np.array([front_end.vector(clip, case.rate) for clip in clips])

    return NewMachine(
        row=name.replace("_", " ") + ("" if noise is None else f" in {noise[0]}, {noise[1]:g} dB"),
        name=f"{name} {own}",
        normal=heard(case.train or case.normal),
        tested=heard(case.normal) if case.train else None,
        anomalous=heard(case.anomalous),
        sisters=[heard(other.train) for part, other in of_parts.items() if part != own],
        front_end=front_end,
        config=config,
        rate=case.rate,
        most=1000 if noise is None else 20,
    )


def _case_of(case: Case, parts: list[list[str]], part: str) -> Case:
    """Return the clips of one part of a set."""
    train, normal, anomalous = (
        [clip for clip, one in zip(clips, names, strict=True) if one == part]
        for clips, names in zip((case.train, case.normal, case.anomalous), parts, strict=True)
    )
    return Case(case.name, train, normal, anomalous, case.rate)


def _in_noise(of_parts: dict[str, Case], own: str, noise: Noise, snr_db: float) -> dict[str, Case]:
    """Return halves of clips in noise: sisters, clips learnt and clips tested never share a piece of it."""
    found = {}
    for part, case in of_parts.items():
        train, normal, anomalous = (
            [half for clip in clips for half in np.array_split(clip, 2)]
            for clips in (case.train, case.normal, case.anomalous)
        )
        pieces = noise.pieces[::2] if part == own else noise.pieces[1::2]
        halves = Case(case.name, train, normal, anomalous, case.rate)
        found[part] = in_noise(halves, Noise(pieces, noise.at_once), snr_db, seed=part == own)
    return found


def _speed(path: str) -> str:
    return path.split("/")[1][:4]


def _throttle(path: str) -> str:
    found = re.search(r"(\d+)pct", path)
    return "low" if found and int(found[1]) <= 40 else "high"


def _day(path: str) -> str:
    return "before" if path.startswith("train/") else "later"


def _direction(path: str) -> str:
    return "ccw" if "ccw" in path else "cw"


def _front_end(config: ModelConfig, clip_s: float) -> FrontEnd:
    return features.create("logmel", **{**config.features_params, "clip_s": clip_s})
