"""Exported models beside Python: sizes, time, AUC, and how far scores and decisions are apart.

    python -m benchmarks.edge DATA [--model NAME ...] [--set NAME ...] [--most 60] [--windows 10000]
    python -m benchmarks.edge DATA --every [--model NAME ...] [--set NAME ...]

DATA is the folder with ``real/``, ``dcase2020_real/``, ``noise/`` and ``rebuild_mimii.py``. Prints the tables of
docs/edge.md. Each model is fitted on the normal clips of each set and scores its test clips, in Python and exported:
the slide rail, the sets of `benchmarks.real_sets`, and MIMII's fan and pump at 0 dB rebuilt from their mean spectra;
networks on two of them.
AUC is the mean over the sets; sizes and times are the largest. A difference is a share of the score, or of how far
normal scores are apart where that is more. In the second table the default models of the sets score windows that
overlap, of their own recordings; that of the slide rail those of other machines, ambience and synthetic faults, too.
``--every`` prints a table of its own: every sound file of DATA as it is, and MIMII's machines at all signal-to-noise
ratios, each file scored by the models of its set, those without a set by the models of the slide rail.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.edge_sets import (
    EVERY_SET,
    MODELS,
    SETS,
    EdgeSet,
    Rows,
    edge_sets,
    other_windows,
    overlapping_windows,
)
from benchmarks.edge_targets import TARGETS, Measured, by_python, measured
from benchmarks.tables import areas, print_head, print_row
from offkey.errors import OffkeyError
from offkey.export.vectors import score_scale
from offkey.model import Model

_EVERY = 10**6  # more than any set has clips
_EXACT = ("numpy", "onnxruntime")
_FAR = 1e-4  # see `offkey.export.vectors`


@dataclass(frozen=True)
class Apart:
    """The differences of scores from those of Python."""

    largest: float
    decisions: int
    windows: int
    anomalous: int
    far: int = 0  # windows that are further than a graph may be

    @classmethod
    def of(cls, model: Model, expected: Rows, found: Rows) -> Apart:
        """Return those of the windows of some recordings."""
        before, after, threshold = expected.joined, found.joined, model.threshold.value
        away = np.abs(after - before) / score_scale(model, before)
        decisions = int(((after > threshold) != (before > threshold)).sum())
        return cls(float(away.max()), decisions, len(before), int((before > threshold).sum()), int((away > _FAR).sum()))

    @classmethod
    def joined(cls, several: Sequence[Apart]) -> Apart:
        """Return those of several sets together."""
        counts = (sum(getattr(one, name) for one in several) for name in ("decisions", "windows", "anomalous", "far"))
        return cls(max(one.largest for one in several), *counts)


@dataclass(frozen=True)
class Line:
    """A model, exported to a target, on one set."""

    measured: Measured
    auc_python: float
    auc_exported: float
    apart: Apart


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--set", nargs="+", choices=EVERY_SET, default=None)
    parser.add_argument("--every", action="store_true", help="score every sound file of DATA")
    parser.add_argument("--most", type=int, default=60, help="clips that are tested of each kind [%(default)s]")
    parser.add_argument("--windows", type=int, default=10_000, help="overlapping windows, together [%(default)s]")
    args = parser.parse_args(arguments)
    if args.every:
        _print_every(_every(args.data, args.set or EVERY_SET, args.model))
        return
    args.set = args.set or list(SETS)
    lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
    refused: dict[tuple[str, str], str] = {}
    overlapping: dict[str, Apart] = {}
    with threadpool_limits(1):
        for one in edge_sets(args.data, args.set, args.most):
            for name in args.model:
                if one.name not in (MODELS[name].sets or SETS):
                    continue
                _measure(one, name, lines, refused)
            if args.windows:
                overlapping |= _overlapping(one, args.data, args.windows // len(args.set))
    _print_lines(args.model, lines, refused)
    if overlapping:
        print()
        _print_overlapping(overlapping)


def _every(data: Path, sets: Sequence[str], models: Sequence[str]) -> dict[tuple[str, str], list[Apart]]:
    """Return by model and target how far it is from Python on all recordings of its sets, and on those of no set."""
    found: dict[tuple[str, str], list[Apart]] = defaultdict(list)
    with threadpool_limits(1):
        for one in edge_sets(data, sets, _EVERY):
            for name in models:
                if one.name not in (MODELS[name].sets or EVERY_SET):
                    continue
                began, model = time.perf_counter(), one.fitted(name)
                parts = [*one.learnt_windows(name).parts, *one.windows(name).parts]
                if one.name == "slide rail":
                    parts += [part for _, rows in other_windows(data, model) for part in rows.parts]
                for target, apart in _on_targets(model, Rows(parts), MODELS[name].targets).items():
                    found[name, target].append(apart)
                    print(f"{one.name}, {name}, {target}: {apart}", file=sys.stderr)
                print(f"{one.name}, {name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return found


def _on_targets(model: Model, windows: Rows, targets: Sequence[str]) -> dict[str, Apart]:
    """Return how far a model is from Python where it is exported without a loss."""
    found, expected = {}, by_python(model, windows)
    for target in (one for one in _EXACT if one in targets):
        with TemporaryDirectory() as folder:
            found[target] = Apart.of(model, expected, measured(model, target, windows, Path(folder)).scores)
    return found


def _print_every(found: dict[tuple[str, str], list[Apart]]) -> None:
    figures = ("sets", "windows", "called anomalous", "largest difference", "further than 1e-4", "other decisions")
    print_head("model", "target", *figures, words=2)
    for (name, target), several in found.items():
        apart = Apart.joined(several)
        counts = str(len(several)), f"{apart.windows:,}", f"{apart.anomalous:,}", f"{apart.largest:.1e}"
        print_row(name, TARGETS[target], *counts, str(apart.far), str(apart.decisions))


def _measure(
    one: EdgeSet, name: str, lines: dict[tuple[str, str], list[Line]], refused: dict[tuple[str, str], str]
) -> None:
    """Measure all targets of a model on a set."""
    began, model, sound = time.perf_counter(), one.fitted(name), one.windows(name)
    rounded = sound.in_16_bits()  # as the C has it
    of_sound, of_rounded = by_python(model, sound), by_python(model, rounded)
    for target in MODELS[name].targets:
        windows, expected = (rounded, of_rounded) if target.startswith("c ") else (sound, of_sound)
        try:
            with TemporaryDirectory() as folder:
                found = measured(model, target, windows, Path(folder))
        except OffkeyError as error:
            refused[name, target] = str(error)
            continue
        before, after = (areas(*_halves(rows, len(one.normal)))[0] for rows in (expected, found.scores))
        lines[name, target].append(Line(found, before, after, Apart.of(model, expected, found.scores)))
    print(f"{one.name}, {name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


def _halves(scores: Rows, n_normal: int) -> tuple[np.ndarray, np.ndarray]:
    highest = scores.highest()
    return highest[:n_normal], highest[n_normal:]


def _overlapping(one: EdgeSet, data: Path, wanted: int) -> dict[str, Apart]:
    """Return how far the default model of a set is apart from Python on many windows."""
    model, found = one.fitted("default"), {}
    parts = [(f"{one.name}, overlapping", overlapping_windows(one, model, wanted))]
    if one.name == "slide rail":
        parts += other_windows(data, model)
    for name, windows in parts:
        with TemporaryDirectory() as folder:
            scores = measured(model, "numpy", windows, Path(folder)).scores
        found[name] = Apart.of(model, by_python(model, windows), scores)
    return found


def _print_lines(
    names: Sequence[str], lines: dict[tuple[str, str], list[Line]], refused: dict[tuple[str, str], str]
) -> None:
    figures = ("bytes", "RAM, bytes", "a window", "AUC in Python", "AUC exported", "largest difference")
    print_head("model", "target", "sets", *figures, "other decisions", words=2)
    for name in names:
        for target in MODELS[name].targets:
            found = lines[name, target]
            if not found:
                print_row(name, TARGETS[target], refused[name, target], *[""] * 7)
                continue
            largest = max((line.measured for line in found), key=lambda of: of.size)
            means = [np.mean([getattr(line, name) for line in found]) for name in ("auc_python", "auc_exported")]
            apart = Apart.joined([line.apart for line in found])
            print_row(
                *(name, TARGETS[target], str(len(found)), f"{largest.size:,}", f"{largest.memory:,}"),
                *(max(line.measured for line in found).cost_text(), *(f"{mean:.4f}" for mean in means)),
                *(f"{apart.largest:.1e}", f"{apart.decisions} of {apart.windows:,}"),
            )


def _print_overlapping(found: dict[str, Apart]) -> None:
    print_head("windows", "number", "called anomalous", "largest difference", "other decisions")
    for name, apart in {**found, "all": Apart.joined(list(found.values()))}.items():
        counts = f"{apart.windows:,}", f"{apart.anomalous:,}"
        print_row(name, *counts, f"{apart.largest:.1e}", str(apart.decisions))


if __name__ == "__main__":
    main()
