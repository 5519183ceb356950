"""What a new machine with few clips gains by its sisters: ``fit --base``.

    python -m benchmarks.sisters DATA [--sets arrays synthetic real] [--clips 5 10 20 40] [--repeats 1]
                                      [--detector fused] [--fine]

DATA is the folder with ``mimii_spectra/``, ``real/`` and ``noise/``. MIMII: the other id of a machine at the same ratio
is the sister, or both ids of the other kind. Synthetic plants at 0 dB, clips of 4 s, faults of half severity: four
machines of the kind, two of another plant, or four of another kind. Real sets: the other speeds, throttles, days or
directions of flight. The gate was chosen on fans, valves and vibration; the other rows chose nothing.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.sister_machines import NewMachine, Vectors, arrays, real, synthetic
from benchmarks.tables import areas, pair, print_head, print_row
from offkey.hearing.batch import ClipFeatures, WindowFeatures
from offkey.model import Model
from offkey.model.config import make_config
from offkey.model.fitting.fit_features import fit_features
from offkey.model.fitting.sisters import Sisters, read_sisters

SETS = {"arrays": arrays, "synthetic": synthetic, "real": real}
MOST_TESTED, LEAST_TESTED = 100, 10
RATES = (0.05, 0.01)
LOST = 0.01


@dataclass(frozen=True)
class Fit:
    """What one fit was worth."""

    areas: tuple[float, float]
    alarms: list[float]  # at each of RATES, of new normal clips
    found: list[float]  # and of anomalous clips


@dataclass(frozen=True)
class Pair:
    """A fit on the clips alone, and one with sisters."""

    machine: NewMachine
    clips: int
    alone: Fit
    together: Fit
    used: bool  # whether any sister was learnt from


def fitted(machine: NewMachine, X: Vectors, *, sisters: Sisters | None = None, detector: str | None = None) -> Model:
    """Return a model of some features; of a base any detector serves, since none of it is learnt from."""
    heard = [
        ClipFeatures(f"{row:04d}", [WindowFeatures(0.0, 10.0, vector)], hashlib.sha256(vector.tobytes()).hexdigest())
        for row, vector in enumerate(X)
    ]
    config = machine.config.model_copy(update={"detector": detector or machine.config.detector})
    return fit_features(heard, config=config, rate=machine.rate, front_end=machine.front_end, sisters=sisters)


def measured(machine: NewMachine, sisters: Sisters, n: int, repeat: int) -> Pair:
    """Return what random clips of a machine are worth, alone and with sisters."""
    order = np.random.default_rng(repeat).permutation(len(machine.normal))
    learnt, rest = machine.normal[order[:n]], machine.normal[order[n:]]
    tested = (rest if machine.tested is None else machine.tested)[:MOST_TESTED]

    def of(model: Model) -> Fit:
        normal, faulty = model.scores(tested), model.scores(machine.anomalous)
        limits = [model.calibration.threshold(rate).value for rate in RATES]
        shares = [[float((scores > limit).mean()) for limit in limits] for scores in (normal, faulty)]
        return Fit(areas(normal, faulty), *shares)

    together = fitted(machine, learnt, sisters=sisters)
    used = any("sister machines as well" in note for note in together.fitted_on.notes)
    return Pair(machine, n, of(fitted(machine, learnt)), of(together), used)


def pairs_of(machine: NewMachine, clips: Sequence[int], repeats: int) -> list[Pair]:
    """Return the pairs of fits of one machine, as far as it has enough clips."""
    sisters = read_sisters([fitted(machine, X, detector="knn") for X in machine.sisters])
    if sisters is None:
        raise SystemExit(f"{machine.name} has no sister.")
    left = LEAST_TESTED if machine.tested is None else 0
    enough = [n for n in clips if n <= machine.most and len(machine.normal) >= n + left]
    return [measured(machine, sisters, n, repeat) for n in enough for repeat in range(repeats)]


def print_areas(pairs: Sequence[Pair], clips: Sequence[int]) -> None:
    """Print AUC and pAUC, alone and with sisters, by row and number of clips."""
    print_head("new machine", "learnt from", *(f"{n} clips" for n in clips), words=2)
    for row in dict.fromkeys(one.machine.row for one in pairs):
        for learnt in ("alone", "together"):
            some = [[getattr(p, learnt).areas for p in pairs if (p.machine.row, p.clips) == (row, n)] for n in clips]
            words = {"alone": "its clips", "together": "sisters as well"}[learnt]
            print_row(row, words, *(pair(values) if values else "" for values in some))


def print_decisions(pairs: Sequence[Pair], clips: Sequence[int]) -> None:
    """Print alarms of normal and of anomalous clips at the promised rates, and how often the sisters were left out."""
    shares = [f"{what} at {rate:g}" for rate in RATES for what in ("alarms", "found")]
    print_head("tested", "clips", "learnt from", *shares, "sisters left out", words=3)
    for drawn, tested in ((True, "at random"), (False, "another time or noise")):
        for n in clips:
            some = [p for p in pairs if (p.machine.tested is None, p.clips) == (drawn, n)]
            if not some:
                continue
            left_out = f"{np.mean([not p.used for p in some]):.2f}"
            print_row(tested, str(n), "its clips", *_rates([p.alone for p in some]), "")
            print_row(tested, str(n), "sisters as well", *_rates([p.together for p in some]), left_out)


def _rates(fits: Sequence[Fit]) -> list[str]:
    means = np.mean([[fit.alarms, fit.found] for fit in fits], axis=0)
    return [f"{value:.3f}" for value in means.T.reshape(-1)]


def print_losses(pairs: Sequence[Pair]) -> None:
    """Print the machines whose AUC or pAUC the sisters lower, the mean over draws."""
    print_head("lost by sisters", "machine", "clips", "AUC / pAUC alone", "with sisters", words=2)
    for key in dict.fromkeys((p.machine.row, p.machine.name, p.clips) for p in pairs):
        some = [p for p in pairs if (p.machine.row, p.machine.name, p.clips) == key]
        alone, together = ([getattr(p, which).areas for p in some] for which in ("alone", "together"))
        if np.subtract(together, alone).mean(axis=0).min() < -LOST:
            print_row(key[0], key[1], str(key[2]), pair(alone), pair(together))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/new_machine.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--clips", nargs="+", type=int, default=[5, 10, 20, 40])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--detector", default="fused")
    parser.add_argument("--fine", action="store_true", help="with the fine spectrum; sound alone")
    args = parser.parse_args(arguments)
    config = make_config(detector=args.detector, features_params={"fine_spectrum": True} if args.fine else {})
    machines = (machine for name in args.sets for machine in SETS[name](args.data, config))
    found = [one for machine in machines for one in pairs_of(machine, args.clips, args.repeats)]
    print_areas(found, args.clips)
    print()
    print_decisions(found, args.clips)
    print()
    print_losses(found)


if __name__ == "__main__":
    main()
