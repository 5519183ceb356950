"""What supplemental clips (DCASE 2025: noise alone, or the machine alone) are worth.

    python -m benchmarks.supplemental DATA [--seed 0] [--detector fused ...]

DATA is the folder with ``noise/``, ``mimii_spectra/`` and ``rebuild_mimii.py``. Synthetic machines at 0 and -6 dB in
real factory noise: 100 normal clips train, 30 normal and 30 of each fault (half severity) are tested, with 60 clips
of noise alone and 60 of the machine alone. MIMII's real fan and pump by their mean spectra (`benchmarks.detection`),
with the mean spectra of the 42 real pieces of noise. Figures are AUC / pAUC.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.detection import CELLS
from benchmarks.false_alarms import spectra
from benchmarks.proxy_clips import RATE, Samples, read
from benchmarks.tables import areas, pair, print_head, print_row
from offkey.detectors import create
from offkey.experiments.noise import without_noise
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.model.config import make_config
from offkey.model.make_components import make_detector, make_front_end
from offkey.synthetic import Plant, faults, machines
from offkey.synthetic.background import Recorded
from offkey.work.library_threads import one_blas_thread

TRAIN, TEST, MORE = 100, 30, 60
Vectors = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """Features of a machine's clips; `mixed` are training clips with noise alone added to their sound."""

    train: Vectors
    noise: Vectors
    tests: list[tuple[Vectors, Vectors]]
    machine: Vectors | None = None
    mixed: Vectors | None = None


Way = Callable[[Case], tuple[Vectors, list[str] | None, Callable[[Vectors], Vectors]]]


def ignored(case: Case) -> tuple[Vectors, list[str] | None, Callable[[Vectors], Vectors]]:
    """Use no supplemental clips."""
    return case.train, None, lambda X: X


def projected(case: Case) -> tuple[Vectors, list[str] | None, Callable[[Vectors], Vectors]]:
    """Take the directions of noise alone out, as `offkey benchmark --supplemental use` does."""
    return _taken_out(case, case.noise)


def own_directions(case: Case) -> tuple[Vectors, list[str] | None, Callable[[Vectors], Vectors]]:
    """Take the leading directions of the training clips themselves out, for comparison."""
    return _taken_out(case, case.train)


def noise_mixed_in(case: Case) -> tuple[Vectors, list[str] | None, Callable[[Vectors], Vectors]]:
    """Learn from training clips with more noise as well."""
    assert case.mixed is not None  # noqa: S101 - asked for where there is sound alone
    return np.vstack([case.train, case.mixed]), None, lambda X: X


def machine_as_domain(case: Case) -> tuple[Vectors, list[str] | None, Callable[[Vectors], Vectors]]:
    """Learn from the machine alone as well, as a domain of its own."""
    assert case.machine is not None  # noqa: S101
    domains = ["source"] * len(case.train) + ["machine"] * len(case.machine)
    return np.vstack([case.train, case.machine]), domains, lambda X: X


WAYS: dict[str, Way] = {
    "ignored": ignored,
    "noise alone: its directions taken out (`use`)": projected,
    "noise alone: mixed into training clips": noise_mixed_in,
    "machine alone: learnt as a domain of its own": machine_as_domain,
    "ignored; the training clips' own directions taken out": own_directions,
}
OF_SPECTRA = [name for name, way in WAYS.items() if way in (ignored, projected, own_directions)]


def _taken_out(case: Case, nuisance: Vectors) -> tuple[Vectors, list[str] | None, Callable[[Vectors], Vectors]]:
    def clean(X: Vectors) -> Vectors:
        _, found = without_noise(_clips(nuisance), _clips(case.train), _clips(X))
        return np.array([clip.windows[0].vector for clip in found], np.float64)

    return clean(case.train), None, clean


def _clips(X: Vectors) -> list[ClipFeatures]:
    return [ClipFeatures("", [WindowFeatures(None, None, row.astype(np.float32))]) for row in X]


def synthetic_cases(data: Path, seed: int, snr_db: float) -> list[Case]:
    """Return the machines of a plant in real noise, from the default front end."""
    pieces = [read(path) for path in sorted((data / "noise").glob("*.wav"))]
    plant, silent, recorded = Plant(seed, snr_db=snr_db, noise=pieces), Plant(seed, snr_db=None), Recorded(pieces)
    front_end = make_front_end(make_config())

    def heard(sounds: Sequence[Samples]) -> Vectors:
        return np.array([front_end.vector(np.asarray(sound, np.float32), RATE) for sound in sounds], np.float64)

    cases = []
    for name in machines():
        train = [plant.clip(name, 0, number).samples for number in range(TRAIN)]
        alone = [silent.clip(name, 0, 10_000 + number).samples for number in range(MORE)]
        level = np.sqrt(np.mean(np.square(alone))) * 10 ** (-snr_db / 20)
        noise = [recorded.sound(plant.n, RATE, np.random.default_rng([seed, number])) for number in range(MORE)]
        noise = [sound * np.float32(level / np.sqrt(np.mean(sound**2))) for sound in noise]
        drawn = np.random.default_rng(seed).integers(TRAIN, size=MORE)
        mixed = [train[number] + sound for number, sound in zip(drawn, noise, strict=True)]
        tested = range(TRAIN, TRAIN + TEST)
        normal = heard([plant.clip(name, 0, number).samples for number in tested])
        faulty = [[plant.clip(name, 0, n, fault=fault, severity=0.5).samples for n in tested] for fault in faults(name)]
        tests = [(normal, heard(clips)) for clips in faulty]
        cases.append(Case(heard(train), heard(noise), tests, heard(alone), heard(mixed)))
    return cases


def spectra_cases(data: Path) -> list[Case]:
    """Return MIMII's cells, with the mean spectra of real noise computed as theirs were."""
    spec = importlib.util.spec_from_file_location("rebuild_mimii", data / "rebuild_mimii.py")
    assert spec is not None  # noqa: S101 - a .py file always has one
    assert spec.loader is not None  # noqa: S101
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def spectrum(sound: Samples) -> Vectors:
        frames = np.lib.stride_tricks.sliding_window_view(sound, script.WIN)[::160] * np.hanning(script.WIN + 1)[:-1]
        power = np.abs(np.fft.rfft(frames, script.N_FFT, axis=1)) ** 2
        mean: Vectors = np.log(power @ script.FILTERS.T + 1e-8).mean(axis=0)
        return mean

    noise = np.array([spectrum(read(path)) for path in sorted((data / "noise").glob("*.wav"))])
    cases = []
    for machine, ident, snr in CELLS:
        normal, abnormal = (spectra(data, machine, snr, ident, label) for label in ("normal", "abnormal"))
        n = len(abnormal)
        cases.append(Case(normal[n:], noise, [(normal[:n], abnormal)]))
    return cases


def measure(case: Case, way: Way, detector: str, *, blocks: bool) -> NDArray[np.float64]:
    """Return AUC and pAUC, means over the tests of a case."""
    train, domains, clean = way(case)
    made = make_detector(make_config(detector=detector)) if blocks else create(detector)
    with one_blas_thread():
        fitted = made.fit(train, domains=domains)
        rows = [areas(fitted.score(clean(normal)), fitted.score(clean(faulty))) for normal, faulty in case.tests]
    means: NDArray[np.float64] = np.mean(rows, axis=0)
    return means


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of docs/choices.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--detector", nargs="+", default=["fused", "knn"])
    args = parser.parse_args(arguments)
    synthetic = {f"synthetic, {snr_db} dB": synthetic_cases(args.data, args.seed, snr_db) for snr_db in (0, -6)}
    real = spectra_cases(args.data)
    print_head("detector", "supplemental clips", *synthetic, "real (MIMII spectra)", words=2)
    for detector in args.detector:
        for name, way in WAYS.items():
            cells = [
                pair([measure(case, way, detector, blocks=True) for case in cases]) for cases in synthetic.values()
            ]
            known = name in OF_SPECTRA
            cells.append(pair([measure(case, way, detector, blocks=False) for case in real]) if known else "")
            print_row(f"`{detector}`", name, *cells)


if __name__ == "__main__":
    main()
