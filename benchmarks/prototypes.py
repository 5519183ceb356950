"""The cost of prototypes in place of clips, in AUC and in false alarms: ``python -m benchmarks.prototypes DATA``.

DATA is the folder with ``real/``, ``noise/``, ``dcase2020_real/`` and ``mimii_spectra/``. Sets: real recordings with
the features of the default; four synthetic machines at 0 dB, 400 clips that train, faults of severity 0.25; mean
spectra of MIMII's fan and pump. `fused` is fitted once on each, and made smaller by `offkey.export.prototypes`. A cell
is the AUC and the share of normal clips, none of which trained, above the threshold for a false-alarm rate of 0.05.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import offkey
from benchmarks.false_alarms import spectra
from benchmarks.peers import Case
from benchmarks.proxy_clips import Samples
from benchmarks.real_sets import in_noise, noises, real_case
from benchmarks.tables import areas, print_head, print_row
from offkey.decision import Calibration
from offkey.detectors.fused import Fused
from offkey.export.prototypes import smaller_fused
from offkey.hearing.inputs import read_clips
from offkey.synthetic import Plant, faults, machines
from offkey.work.library_threads import one_blas_thread

Floats = NDArray[np.float64]

RATE, MEMORIES = 0.05, (512, 128, 32)
TRAIN, TEST, SEVERITY = 400, 150, 0.25
DB = 10 / np.log(10)


class Fitted(NamedTuple):
    """A detector, the threshold for the rate, and features of clips that it did not learn."""

    detector: Fused
    threshold: float
    normal: Floats
    anomalous: Floats

    def cell(self, detector: Fused) -> tuple[float, float]:
        """Return AUC and false alarms of a detector in its place."""
        normal, anomalous = detector.score(self.normal), detector.score(self.anomalous)
        return areas(normal, anomalous)[0], float((normal > self.threshold).mean())


def synthetic(machine: str) -> Case:
    """Return clips of a synthetic machine; each fault of its kind as often."""
    plant, kinds = Plant(0, snr_db=0.0), faults(machine)
    every = [plant.clip(machine, 0, number).samples for number in range(TRAIN + TEST)]
    faulty = [
        plant.clip(machine, 0, number, fault=kinds[number % len(kinds)], severity=SEVERITY).samples
        for number in range(TRAIN, TRAIN + TEST)
    ]
    return Case(f"synthetic {machine}", every[:TRAIN], every[TRAIN:], faulty, plant.rate)


def of_case(case: Case) -> Fitted:
    """Return the default on the clips of a case."""
    model = offkey.fit(case.train, rate=case.rate, false_alarm_rate=RATE)
    extractor = model.extractor()

    def vectors(clips: list[Samples]) -> Floats:
        heard = extractor.extract_all(read_clips(clips, case.rate).sources)
        return np.array([clip.vectors[0] for clip in heard], np.float64)

    assert isinstance(model.detector, Fused)  # noqa: S101 - the default
    return Fitted(model.detector, model.threshold.value, vectors(case.normal), vectors(case.anomalous))


def of_spectra(data: Path, machine: str, ident: str, snr: str) -> Fitted:
    """Return `fused` on mean spectra of MIMII in dB."""
    normal, anomalous = (DB * spectra(data, machine, snr, ident, kind) for kind in ("normal", "abnormal"))
    normal = normal[np.random.default_rng(0).permutation(len(normal))]
    n = min(len(anomalous), len(normal) // 3)
    detector = Fused(bands=normal.shape[1], levels=1)
    calibration = Calibration(detector.fit_scored(normal[n:]))
    return Fitted(detector, calibration.threshold(RATE).value, normal[:n], anomalous)


def sets(data: Path) -> Iterator[tuple[str, Callable[[], Fitted]]]:
    """Yield the name of each set, and what fits it."""
    for name in ("air_compressor", "bldc_prop", "vibration"):
        yield name, lambda name=name: of_case(real_case(data, name, 240))  # type: ignore[misc]
    for kind, snr_db in (("ambience", -18.0), ("slide rail", -10.0)):
        yield (
            f"drone_propeller in {kind}, {snr_db:g} dB",
            lambda kind=kind, snr_db=snr_db: of_case(  # type: ignore[misc]
                in_noise(real_case(data, "drone_propeller"), noises(data, kind), snr_db)
            ),
        )
    for machine in machines():
        yield f"synthetic {machine}", lambda machine=machine: of_case(synthetic(machine))  # type: ignore[misc]
    for machine in ("fan", "pump"):
        for ident in ("00", "02"):
            for snr in ("0dB", "min6dB"):
                yield (
                    f"MIMII {machine} {ident}, {snr.replace('min', '-')}",
                    lambda of=(machine, ident, snr): of_spectra(data, *of),  # type: ignore[misc]
                )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one row per set, and the mean difference to all clips."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    args = parser.parse_args(arguments)
    print_head("set", "clips", "all", *(f"{memory}" for memory in MEMORIES))
    lost: dict[int, list[float]] = {memory: [] for memory in MEMORIES}
    for name, make in sets(args.data):
        fitted = make()
        clips = max(len(getattr(member, "clips_", ())) for member in fitted.detector.members_)
        whole, cells = fitted.cell(fitted.detector), list[str]()
        for memory in MEMORIES:
            if clips <= memory:
                cells.append("")
                continue
            with one_blas_thread():
                found = fitted.cell(smaller_fused(fitted.detector, memory)[0])
            lost[memory].append(whole[0] - found[0])
            cells.append("{:.3f} / {:.3f}".format(*found))
        print_row(name, str(clips), "{:.3f} / {:.3f}".format(*whole), *cells)
    print_row("AUC less than with all, mean", "", "", *(f"{np.mean(lost[memory]):.3f}" for memory in MEMORIES))


if __name__ == "__main__":
    main()
