"""Models to export and recordings to score: for `benchmarks.edge`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import offkey
from benchmarks.edge_c import EXAMPLES
from benchmarks.proxy_clips import read
from benchmarks.real_sets import noises, spread
from benchmarks.rebuilt import rebuilt
from offkey.export.clips import FULL_SCALE
from offkey.export.cost import windows_of
from offkey.export.whole import window_samples
from offkey.model import Model
from offkey.synthetic import Plant, faults, machines

__all__ = [
    "EVERY_SET",
    "MODELS",
    "SETS",
    "EdgeModel",
    "EdgeSet",
    "Rows",
    "edge_sets",
    "other_windows",
    "overlapping_windows",
]

_RATE = 16_000
_TRAINED, _TESTED = 80, 40  # rebuilt clips that train, and those of each kind that are tested at most

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class EdgeModel:
    """A kind of model, what it is exported to, and on which sets."""

    options: dict[str, Any]
    targets: tuple[str, ...]
    sets: tuple[str, ...] | None = None  # all by default


_FEW = ("slide rail", "drone_propeller")  # whose networks train long
_C = ("numpy", "onnxruntime", "c host", "c cortex-m4")
MODELS = {
    "default": EdgeModel({}, ("numpy", "onnxruntime", "int8", "memory 32")),
    **{
        name: EdgeModel({**example.options, "rate": _RATE}, (*_C[:2], "int8", *_C[2:]), _FEW)
        if example.int8
        else EdgeModel({**example.options, "rate": _RATE}, _C)
        for name, example in EXAMPLES.items()
    },
}
"""The default, and the examples of C."""

_RECORDED = ("slide rail", "air_compressor", "bldc_prop", "drone_propeller", "vibration")
SETS = (*_RECORDED, "fan 00, 0 dB", "pump 00, 0 dB")
EVERY_SET = (
    *_RECORDED,
    *(f"{machine}, {snr} dB" for machine in ("fan 00", "fan 02", "pump 00", "pump 02") for snr in (6, 0, -6)),
)
"""All sets that the data folder gives, MIMII's machines at each signal-to-noise ratio."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Windows, or their scores, recording by recording."""

    parts: list[NDArray[Any]]

    @cached_property
    def joined(self) -> NDArray[Any]:
        """All of them."""
        return np.concatenate(self.parts)

    def in_16_bits(self) -> Rows:
        """Return sound as a converter of 16 bits gives it, of full scale 1."""
        whole = [np.clip(np.round(part * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1) for part in self.parts]
        return Rows([part.astype(np.float32) / np.float32(FULL_SCALE) for part in whole])

    def highest(self) -> NDArray[np.float64]:
        """Return the highest score of each recording."""
        return np.array([part.max() for part in self.parts])


@dataclass
class EdgeSet:
    """Normal recordings to learn, and recordings to test, the normal ones first."""

    name: str
    train: list[Path]
    normal: list[Path]
    anomalous: list[Path]
    _models: dict[str, Model] = field(default_factory=dict)

    def fitted(self, name: str) -> Model:
        """Return a model of this set, fitted once."""
        if name not in self._models:
            self._models[name] = offkey.fit(self.train, **MODELS[name].options)
        return self._models[name]

    def windows(self, name: str) -> Rows:
        """Return the windows of the recordings to test, as a model cuts them."""
        return self._windows(name, [*self.normal, *self.anomalous])

    def learnt_windows(self, name: str) -> Rows:
        """Return the windows of the recordings that were learnt."""
        return self._windows(name, self.train)

    def _windows(self, name: str, paths: Sequence[Path]) -> Rows:
        model = self.fitted(name)
        return Rows([np.stack(list(windows_of(model, path))) for path in paths])


def edge_sets(data: Path, names: Sequence[str], most: int) -> Iterator[EdgeSet]:
    """Yield sets by name, with at most so many recordings of each kind to test; files last until the next set."""
    for name in names:
        if name.endswith(" dB"):
            machine, number, snr, _ = name.replace(",", "").split()
            level, test = f"{snr}dB".replace("-", "min"), min(most // 3, _TESTED)
            with rebuilt(data, machine, level, ids=number, train=_TRAINED, test=test) as folder:
                yield _of_names(name, folder / machine)
        elif name == "slide rail":
            yield _of_names(name, data / "dcase2020_real" / "slider")
        else:
            parts = (
                sorted((data / "real" / name / part).iterdir()) for part in ("train", "test_normal", "test_anomaly")
            )
            train, normal, anomalous = parts
            yield EdgeSet(name, train, spread(normal, most), spread(anomalous, most))


def _of_names(name: str, folder: Path) -> EdgeSet:
    tested = sorted((folder / "test").glob("*.wav"))
    normal, anomalous = ([path for path in tested if path.name.startswith(word)] for word in ("normal", "anomaly"))
    return EdgeSet(name, sorted((folder / "train").glob("*.wav")), normal, anomalous)


def overlapping_windows(one: EdgeSet, model: Model, wanted: int) -> Rows:
    """Return so many windows that overlap, of the recordings of a set laid one after the other."""
    paths, n = [*one.normal, *one.anomalous], window_samples(model)
    sound = np.concatenate([window for path in paths for window in windows_of(model, path)])
    starts = np.linspace(0, len(sound) - n, wanted).round().astype(int)
    return Rows(
        [
            np.stack([sound[start : start + n] for start in block])
            for block in np.array_split(starts, max(1, len(starts) // 64))
        ]
    )


def other_windows(data: Path, model: Model) -> Iterator[tuple[str, Rows]]:
    """Yield windows of recordings of other machines, of noise, and of synthetic machines with faults, at 16 kHz."""
    n = window_samples(model)
    others = [path for path in sorted((data / "dcase2020_real").rglob("*.wav")) if "slider" not in path.parts]
    others += sorted((data / "golden").glob("*.wav"))
    yield "other machines of DCASE 2020", Rows([np.stack(list(windows_of(model, path))) for path in others])
    noise = [*noises(data, "ambience").pieces, *(read(path) for path in sorted((data / "noise").glob("*.wav")))]
    yield "rain, sea, fire, factories", Rows([np.resize(piece, n)[None] for piece in noise])
    plant = Plant(0, rate=model.rate, duration_s=n / model.rate)
    clips = [
        plant.clip(machine, 0, number, fault=fault).samples
        for machine in machines()
        for fault in (None, *faults(machine))
        for number in range(3)
    ]
    yield "synthetic machines, normal and with faults", Rows([np.stack(clips)[:, :n]])
