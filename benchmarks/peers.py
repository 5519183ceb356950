"""offkey's default beside what others offer for machine sounds, on the same clips in the same run.

    python -m benchmarks.peers DATA [--train 100] [--test 40] [--seconds 10]

DATA is the folder with ``dcase2020_real/`` and ``rebuild_mimii.py``. Clips: the real slide rail with faults mixed in
at 0 dB (see `benchmarks.proxies`), and MIMII's fan and pump at -6 dB, rebuilt from their mean spectra. Everything has
its default parameters. Times are processor seconds from samples in memory to scores on one core, after a warm-up.
A peer that is not installed is named in its row.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.proxy_clips import RATE, Samples, read, real_slider, with_fault
from benchmarks.rebuilt import rebuilt
from benchmarks.tables import areas, pair, print_head, print_row
from offkey.hearing.inputs import read_clips
from offkey.model import fit

Clip = Samples | Path
Score = Callable[[Sequence[Clip]], NDArray[np.float64]]
Fit = Callable[[Sequence[Clip]], Score]
T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """Clips of one machine: normal ones to learn from, and normal and anomalous ones to score."""

    name: str
    train: list[Samples]
    normal: list[Samples]
    anomalous: list[Samples]
    rate: int = RATE


@dataclass(frozen=True)
class Peer(Generic[T]):
    """Something to measure, and the modules and packages that it needs."""

    name: str
    does: T
    modules: tuple[str, ...] = ()
    packages: str = ""

    @property
    def installed(self) -> bool:
        """Whether it can run here."""
        return all(find_spec(module) is not None for module in self.modules)

    @property
    def absence(self) -> str:
        """What stands in its row where it cannot."""
        return f"not installed: `pip install {self.packages}`"


System = Peer[Fit]
"""What learns normal clips, and gives what scores others."""


def offkey_default(train: Sequence[Clip]) -> Score:
    """Fit offkey with every default, calibration included."""
    model = fit(train, rate=RATE, jobs=1)
    return lambda clips: np.array([result.score for result in model.results(read_clips(clips, RATE).sources, jobs=1)])


def pyod_embedding(train: Sequence[Clip], rate: int = RATE) -> Score:
    """Fit PyOD's preset for audio: 74 statistics of hand-made features, and the distance to the 5th neighbour."""
    embedding: Any = import_module("pyod.models.embedding")  # without types
    fitted = embedding.EmbeddingOD.for_audio().fit(items(train, rate))
    return lambda clips: np.asarray(fitted.decision_function(items(clips, rate)))


def pyod_autoencoder(train: Sequence[Clip], rate: int = RATE) -> Score:
    """Fit PyOD's autoencoder of five frames of 64 log-mel bands, as in the baseline of DCASE 2020."""
    audio_ae: Any = import_module("pyod.models.audio_ae")
    fitted = audio_ae.AudioAE(device="cpu").fit(items(train, rate))
    return lambda clips: np.asarray(fitted.decision_function(items(clips, rate)))


def lof_on_mfcc(train: Sequence[Clip]) -> Score:
    """Fit scikit-learn's local outlier factor on mean and deviation of librosa's 20 MFCCs."""
    import librosa
    from sklearn.neighbors import LocalOutlierFactor

    def vectors(clips: Sequence[Clip]) -> NDArray[np.float64]:
        coefficients = [librosa.feature.mfcc(y=by_librosa(clip), sr=RATE) for clip in clips]
        return np.array([np.concatenate([of.mean(axis=1), of.std(axis=1)]) for of in coefficients])

    fitted = LocalOutlierFactor(novelty=True).fit(vectors(train))
    return lambda clips: -fitted.score_samples(vectors(clips))


def by_librosa(clip: Clip) -> Samples:
    """Return a clip's samples, read by librosa."""
    import librosa

    return np.asarray(librosa.load(clip, sr=None)[0] if isinstance(clip, Path) else clip)


def items(clips: Sequence[Clip], rate: int = RATE) -> list[str | tuple[Samples, int]]:
    """Return clips as PyOD takes them."""
    return [str(clip) if isinstance(clip, Path) else (clip, rate) for clip in clips]


SYSTEMS = [
    System("offkey's default", offkey_default),
    System("PyOD `EmbeddingOD.for_audio()`", pyod_embedding, ("pyod", "librosa"), "pyod[audio]"),
    System("PyOD `AudioAE`", pyod_autoencoder, ("pyod", "librosa", "torch", "tqdm"), "pyod[audio,torch] tqdm"),
    System("LOF on librosa's MFCCs", lof_on_mfcc, ("librosa",), "librosa"),
]


def cases(data: Path, options: dict[str, int]) -> Iterator[Case]:
    """Give the slide rail with faults at 0 dB, and each rebuilt machine and id."""
    slider = real_slider(data, seed=0)
    mixed = [
        with_fault(clip, fault, 0.0, (0, number)) for fault in slider.faults for number, clip in enumerate(slider.test)
    ]
    yield Case("slide rail, faults at 0 dB", slider.train, slider.test, [clip for clip in mixed if clip is not None])
    for machine in ("fan", "pump"):
        with rebuilt(data, machine, "min6dB", **options) as folder:
            for ident in ("00", "02"):
                parts = [("train", "normal"), ("test", "normal"), ("test", "anomaly")]
                train, normal, anomalous = (
                    [read(path) for path in sorted((folder / machine / split).glob(f"{label}_id_{ident}_*.wav"))]
                    for split, label in parts
                )
                yield Case(f"{machine} {ident}, -6 dB", train, normal, anomalous)


def measure(system: System, case: Case) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return AUC and pAUC, and the seconds to fit and to score."""
    began = time.process_time()
    score = system.does(case.train)
    fitted = time.process_time()
    of_normal, of_anomalous = score(case.normal), score(case.anomalous)
    done = time.process_time()
    return areas(of_normal, of_anomalous), (fitted - began, done - fitted)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/results.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    for name, default in (("train", 100), ("test", 40), ("seconds", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args(arguments)
    heard = list(cases(args.data, {"train": args.train, "test": args.test, "seconds": args.seconds}))
    print_head("system", *(case.name for case in heard), "mean", "fit", "score")
    unit: NDArray[np.float64] | None = None
    with threadpool_limits(1):
        for system in SYSTEMS:
            if not system.installed:
                print_row(system.name, system.absence, *[""] * (len(heard) + 2))
                continue
            measure(system, Case("warm-up", heard[0].train, heard[0].normal[:1], heard[0].anomalous[:1]))
            figures, seconds = zip(*(measure(system, case) for case in heard), strict=True)
            spent = np.sum(seconds, axis=0)
            unit = spent if unit is None else unit
            times = (f"{of_all:.1f} s, {of_all / of_first:.1f} x" for of_all, of_first in zip(spent, unit, strict=True))
            print_row(system.name, *map(pair, figures), pair(figures), *times)


if __name__ == "__main__":
    main()
