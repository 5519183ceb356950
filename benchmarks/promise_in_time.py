"""Whether promised false-alarm rates hold as time goes on, and after a recalibration from ten new normal clips.

    python -m benchmarks.promise_in_time DATA [--machine NAME ...] [--draws 12]

DATA is the folder with ``mimii_spectra/``, ``rebuild_mimii.py``, ``dcase2020_real/``, ``noise/`` and ``real/``. Each
machine is fitted twice with default parameters: on clips at random, and on those of one time, or of some recordings,
where as many others are tested. Grouped: the fit is told of which flight a piece is. Warned says whether the clips that
are tested are said to differ from those learnt, and after how many of them. Recalibrated: ten of the new normal clips
at random, in so many draws, set the promise anew, and the others are tested; or the first ten, which follow each other.
AUC: without and after a recalibration. No label chooses anything.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.promise_sets import InTime, arrays, in_pieces, real
from benchmarks.tables import print_head, print_row
from offkey.evaluation.metrics import auc
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.inputs import read_clips
from offkey.hearing.source import Source
from offkey.model import Model
from offkey.model.config import make_config
from offkey.model.fitting.fit_sources import Preparation, fit_extracted, prepare
from offkey.model.shift import shift_of

RATES = (0.01, 0.05)
NEW, SOON = 10, (10, 20, 50)
LOW, HIGH = 0.02, 0.08
"""Between which a promised 0.05 should lie."""
MANY = 100
"""Tested clips from which on chance alone keeps a rate of 0.05 between these."""

Rows = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """What became of a promise.

    `before`, `after`: shape (2,); share of the tested normal clips that alarm at each of `RATES`, without and after a
        recalibration, mean over the draws; `first` by the first clips.
    `clips`: how many are learnt, and tested.
    `warned`: the first of `SOON`, or all, of the tested clips that are said to differ from those learnt; None if none.
    `areas`: AUC without and after a recalibration; NaN without anomalies.
    """

    clips: tuple[int, int]
    before: Floats
    warned: int | None
    after: Floats
    first: Floats
    areas: tuple[float, float]


@dataclass(frozen=True)
class Heard:
    """The clips of a machine, heard once for all fits."""

    prepared: Preparation
    sources: list[Source]
    groups: list[str] | None
    normal: list[ClipFeatures]
    anomalous: list[ClipFeatures]

    @classmethod
    def of(cls, machine: InTime) -> Heard:
        """Hear all clips as a fit does."""
        sources = read_clips([*machine.normal, *machine.anomalous], machine.rate).sources
        prepared = prepare(sources, make_config(rate=machine.rate))
        features, n = list(prepared.extractor.extract_all(sources)), len(machine.normal)
        return cls(prepared, sources, machine.groups, features[:n], features[n:])

    def fit(self, rows: Rows) -> Model:
        """Fit a model on some of the normal clips."""
        groups = None if self.groups is None else [self.groups[row] for row in rows]
        return fit_extracted(self.prepared, self.some(rows), [self.sources[row] for row in rows], groups=groups)

    def some(self, rows: Rows) -> list[ClipFeatures]:
        """Return the normal clips of these rows."""
        return [self.normal[row] for row in rows]


def measured(heard: Heard, train: Rows, test: Rows, draws: int) -> Found:
    """Fit on some normal clips, test others, and recalibrate by ten of these."""
    model = heard.fit(train)
    clips = heard.some(test)
    orders = [np.arange(len(test)), *(np.random.default_rng(seed).permutation(len(test)) for seed in range(draws))]
    rates, areas = [], []
    for order in orders:
        moved = model.recalibrated([clips[row] for row in order[:NEW]])
        scores = _scores(moved, [clips[row] for row in order[NEW:]])
        rates.append(_alarms(moved, scores))
        areas.append(_area(scores, _scores(moved, heard.anomalous)))
    before = _scores(model, clips)
    return Found(
        (len(train), len(test)),
        _alarms(model, before),
        _warned(model, clips),
        np.mean(rates[1:], axis=0),
        rates[0],
        (_area(before, _scores(model, heard.anomalous)), float(np.mean(areas[1:]))),
    )


def _warned(model: Model, clips: Sequence[ClipFeatures]) -> int | None:
    """Return after how many clips, which follow each other, a warning comes."""
    results = model.judge(clips)
    sizes = [*(size for size in SOON if size < len(clips)), len(clips)]
    return next((n for n in sizes if shift_of(model, chain.from_iterable(results[:n])).shifted), None)


def _scores(model: Model, clips: Sequence[ClipFeatures]) -> Floats:
    return np.array(
        [max(window.score for window in windows if window.score is not None) for windows in model.judge(clips)]
    )


def _alarms(model: Model, scores: Floats) -> Floats:
    return np.array([(scores > model.calibration.threshold(rate).value).mean() for rate in RATES])


def _area(normal: Floats, anomalous: Floats) -> float:
    if not len(anomalous):
        return float("nan")
    return auc(np.repeat([0, 1], [len(normal), len(anomalous)]), np.concatenate([normal, anomalous]))


def in_both_orders(machine: InTime, draws: int) -> tuple[Found, Found]:
    """Return what becomes of the promise at random, and in time."""
    heard, rng = Heard.of(machine), np.random.default_rng(0)
    order, n = rng.permutation(len(machine.normal)), int((~machine.later).sum())
    at_random = measured(heard, order[:n], order[n:], draws)
    return at_random, measured(heard, np.flatnonzero(~machine.later), np.flatnonzero(machine.later), draws)


def _held(rate: float) -> bool:
    return LOW <= rate <= HIGH


def _cell(rates: Floats) -> str:
    return " / ".join(f"{rate:.3f}" for rate in rates)


def print_machine(machine: InTime, at_random: Found, in_time: Found) -> None:
    """Print the row of a machine."""
    print_row(
        machine.name,
        machine.by,
        " / ".join(map(str, in_time.clips)),
        _cell(at_random.before),
        f"after {at_random.warned}" if at_random.warned else "no",
        _cell(in_time.before),
        f"after {in_time.warned}" if in_time.warned else "no",
        f"{_cell(in_time.after)}{'' if _held(in_time.after[1]) else ' MISSED'}",
        _cell(in_time.first),
        " / ".join(f"{area:.3f}" for area in in_time.areas) if np.isfinite(in_time.areas[0]) else "-",
    )


def print_goals(found: Sequence[tuple[Found, Found]]) -> None:
    """Print the means, and which goals are met."""
    at_random, in_time = zip(*found, strict=True)
    means = [
        np.mean(rates, axis=0) for rates in zip(*((one.before, one.after, one.first) for one in in_time), strict=True)
    ]
    print(f"\nMean at random {_cell(np.mean([one.before for one in at_random], axis=0))}, in time ", end="")
    print(f"{_cell(means[0])}, recalibrated {_cell(means[1])}, by the first {_cell(means[2])}.\n")
    many = [one for one in in_time if one.clips[1] >= MANY]
    held, held_of_many = (sum(_held(one.after[1]) for one in of) for of in (in_time, many))
    broken = [one for one in in_time if one.before[1] > HIGH]
    for what, met, value in (
        (f"mean of the promised 0.05, recalibrated: {LOW} to {HIGH}", _held(means[1][1]), f"{means[1][1]:.3f}"),
        (f"each of them: {LOW} to {HIGH}", held == len(in_time), f"{held} of {len(in_time)}"),
        (f"each with {MANY} tested clips or more", held_of_many == len(many), f"{held_of_many} of {len(many)}"),
        (
            f"a warning where more than {HIGH} alarm",
            all(one.warned for one in broken),
            f"{sum(one.warned is not None for one in broken)} of {len(broken)}",
        ),
        (
            "no warning at random",
            not any(one.warned for one in at_random),
            f"{sum(one.warned is not None for one in at_random)} of {len(at_random)} warned",
        ),
    ):
        print(f"- {what}: {value}: {'met' if met else 'MISSED'}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table and the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--machine", nargs="+", metavar="NAME", help="words that a name holds; by default all")
    parser.add_argument("--draws", type=int, default=12, help="recalibrations by clips at random [%(default)s]")
    args = parser.parse_args(arguments)
    found = []
    head = (
        "machine",
        "tested",
        "clips",
        "at random",
        "warned",
        "in time",
        "warned",
        "recalibrated",
        "by the first 10",
        "AUC",
    )
    print_head(*head, words=2)
    for machine in chain(real(args.data), in_pieces(args.data), arrays(args.data)):
        if args.machine is None or any(word in machine.name for word in args.machine):
            found.append(in_both_orders(machine, args.draws))
            print_machine(machine, *found[-1])
    if not found:
        parser.error(f"no machine is named so: {', '.join(args.machine)}")
    print_goals(found)


if __name__ == "__main__":
    main()
