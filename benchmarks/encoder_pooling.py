"""What pooling, layer and form of score are worth to a pretrained encoder, on real recordings, clean and in noise.

    python -m benchmarks.encoder_pooling DATA [--most 60] [--set NAME ...]

DATA is the folder with ``encoders/`` (the first six blocks of YAMNet) and that of `benchmarks.real`, whose sets these
are: clean, and at the first level of each kind of noise. Every other training clip learns alone for the choice: the
others are held out, as they are and with faults planted in them, and what tells these apart best is chosen. No label
of a test clip has a say. The tables then show AUC and pAUC on the test clips, all training clips learnt.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import soxr
from numpy.typing import NDArray

from benchmarks.peers import Case
from benchmarks.planted import FAULTS, plant
from benchmarks.proxy_clips import RATE, Samples, read
from benchmarks.real_sets import in_noise, noises, real_case, real_sets, spread
from benchmarks.real_systems import YAMNET
from benchmarks.real_tables import Asked
from benchmarks.tables import areas, pair, print_head, print_row
from offkey import features
from offkey.detectors import create
from offkey.features.embedding.base import Network
from offkey.features.embedding.frame_pooling import pool_frames
from offkey.work.jobs import default_jobs
from offkey.work.library_threads import one_blas_thread
from offkey.work.thread_pool import Threads

RELU = "model_1/sequential_2/model_2/layer{}/pointwise_conv/relu/Relu:0"
LAYERS = {**{f"block {block}": RELU.format(block) for block in (3, 4, 5, 6)}, "head": "new_head"}
KEPT = "block 6"
"""The layer whose frequency patches are kept as well."""
POOLINGS: dict[str, float | str] = {
    "mean": 1.0,
    "maximum": 0.0,
    "GWRP .98": 0.98,
    "RDP 4": "rdp:4",
    "RDP 10": "rdp:10",
    "GeM 3": "gem:3",
    "RDP 8 + GeM 3": "rdp:8+gem:3",
}
EXITS = {"n_neighbors": 16, "exit_quantile": 0.04}
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "nearest clip": ("knn", {}),
    "Mahalanobis": ("mahalanobis", {}),
    "ratio": ("local_density", {}),
    "ratio, exits": ("local_density", EXITS),
    "difference": ("local_density", {"form": "difference"}),
    "VarMin": ("local_density", {"form": "varmin"}),
    "VarMin, exits": ("local_density", {"form": "varmin", **EXITS}),
    "VarMin of logarithms": ("local_density", {"form": "varmin_log"}),
    "by patch, ratio": ("subband_density", {}),
    "by patch, VarMin of logarithms": ("subband_density", {"form": "varmin_log"}),
}
"""Ways to score; those by patch see bands that are kept."""
PLANTED = ("clicks", "knocks", "amplitude modulation", "hiss", "harmonics")
STRENGTH = "middle"
MOST_PLANTED = 12
"""Held-out clips that faults are planted in."""

Vectors = NDArray[np.float64]
Combination = tuple[str, str, str]
"""Names of layer, pooling and form."""


class Heard(NamedTuple):
    """Vectors of clips by layer and pooling, with bands averaged and with bands kept, and the number of bands kept."""

    averaged: dict[tuple[str, str], Vectors]
    kept: dict[tuple[str, str], Vectors]
    n_bands: int


class Row(NamedTuple):
    """One set at one level of noise: AUC and pAUC of each combination, on test clips and on planted faults."""

    name: str
    noise: str
    tested: dict[Combination, tuple[float, float]]
    planted: dict[Combination, tuple[float, float]]


def hear(networks: dict[str, Network], clips: Sequence[Samples], rate: int) -> Heard:
    """Return what each layer gives for clips, pooled in every way."""
    pooled = list(Threads(default_jobs()).map(partial(_pooled, networks, rate), clips))
    averaged, kept, n_bands = pooled[0]
    return Heard(
        {key: np.array([one.averaged[key] for one in pooled]) for key in averaged},
        {key: np.array([one.kept[key] for one in pooled]) for key in kept},
        n_bands,
    )


def _pooled(networks: dict[str, Network], rate: int, clip: Samples) -> Heard:
    samples = _filled(np.asarray(soxr.resample(clip, rate, RATE), np.float32), RATE)
    averaged: dict[tuple[str, str], Vectors] = {}
    kept: dict[tuple[str, str], Vectors] = {}
    n_bands = 1
    for layer, network in networks.items():
        output = network(samples)
        averaged |= _by_pooling(layer, output.mean(axis=1))
        if layer == KEPT:
            n_bands = output.shape[1]
            kept |= _by_pooling(layer, output.reshape(-1, output.shape[2]))
    return Heard(averaged, kept, n_bands)


def _filled(clip: Samples, rate: int) -> Samples:
    """Return a clip, repeated up to one second where it is shorter, since the network hears 0.975 s at a time."""
    return np.asarray(np.pad(clip, (0, max(0, rate - len(clip))), mode="wrap"), np.float32)


def _by_pooling(layer: str, frames: NDArray[np.float32]) -> dict[tuple[str, str], Vectors]:
    rows = pool_frames(frames, list(POOLINGS.values())).astype(np.float64)
    return {(layer, name): row for name, row in zip(POOLINGS, rows, strict=True)}


def compared(
    train: Heard, normal: Heard, anomalous: Heard, forms: dict[str, tuple[str, dict[str, Any]]] = FORMS
) -> dict[Combination, tuple[float, float]]:
    """Return AUC and pAUC of each combination."""
    found = {}
    for layer, pooling in train.averaged:
        for form, (name, params) in forms.items():
            by_patch = name == "subband_density"
            if by_patch and layer != KEPT:
                continue
            given = {"frequency_patches": train.n_bands} if by_patch else {}
            X, N, A = ((one.kept if by_patch else one.averaged)[layer, pooling] for one in (train, normal, anomalous))
            detector = create(name, **params, **given).fit(X)
            found[layer, pooling, form] = areas(detector.score(N), detector.score(A))
    return found


def measured(networks: dict[str, Network], case: Case, noise: str) -> Row:
    """Return the figures of one set at one level of noise."""
    held_out = case.train[1::2]
    faults = [fault for fault in FAULTS if fault.startswith(PLANTED)]
    faulty = [
        plant(_filled(clip, case.rate), case.rate, fault, STRENGTH, number)
        for fault in faults
        for number, clip in enumerate(spread(held_out, MOST_PLANTED))
    ]
    of_train, of_faulty, of_normal, of_anomalous = (
        hear(networks, clips, case.rate) for clips in (case.train, faulty, case.normal, case.anomalous)
    )
    with one_blas_thread():
        planted = compared(_every_other(of_train, 0), _every_other(of_train, 1), of_faulty)
        tested = compared(of_train, of_normal, of_anomalous)
    return Row(case.name, noise, tested, planted)


def _every_other(heard: Heard, first: int) -> Heard:
    averaged, kept = ({key: rows[first::2] for key, rows in part.items()} for part in heard[:2])
    return Heard(averaged, kept, heard.n_bands)


def mean(rows: Sequence[Row], combination: Combination, *, planted: bool = False) -> NDArray[np.float64]:
    """Return mean AUC and pAUC of a combination."""
    figures: NDArray[np.float64] = np.mean(
        [(row.planted if planted else row.tested)[combination] for row in rows], axis=0
    )
    return figures


def best_of(rows: Sequence[Row], *, planted: bool) -> Combination:
    """Return the combination with the highest mean of AUC and pAUC, on planted faults or on test clips."""
    return max(rows[0].tested, key=lambda one: float(mean(rows, one, planted=planted).sum()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/encoders.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=60, help="clips of each kind that are tested [%(default)s]")
    parser.add_argument("--set", nargs="+", metavar="NAME", help="sets, by default all")
    args = parser.parse_args(arguments)
    path = args.data / YAMNET
    networks = {name: features.create(f"onnx:{path}", layer=layer).network() for name, layer in LAYERS.items()}
    rows = list(_rows(args, networks))
    chosen, best = best_of(rows, planted=True), best_of(rows, planted=False)
    print(f"\nChosen on planted faults: {', '.join(chosen)}. Best on the test clips: {', '.join(best)}.\n")
    print_forms(rows)
    print_layers(rows)
    print_sets(rows, chosen, best)
    print_rail(args.data, networks)


def _rows(args: argparse.Namespace, networks: dict[str, Network]) -> Iterator[Row]:
    asked = Asked(args.data, args.set or real_sets(args.data), [], args.most)
    for name in asked.names:
        clean = real_case(args.data, name, args.most)
        first = dict(reversed(asked.levels(name)))
        for kind, snr_db in [("", 0.0), *first.items()]:
            case = in_noise(clean, noises(args.data, kind), snr_db) if kind else clean
            yield measured(networks, case, f"{kind} {snr_db:+.0f} dB" if kind else "none")


def print_forms(rows: Sequence[Row]) -> None:
    """Print a table of form by pooling."""
    print(f"{KEPT}, AUC / pAUC, mean over {len(rows)} rows:\n")
    print_head("form", *POOLINGS)
    for form in FORMS:
        print_row(form, *(pair(mean(rows, (KEPT, pooling, form))) for pooling in POOLINGS))


def print_layers(rows: Sequence[Row]) -> None:
    """Print a table of form by layer, pooled by the mean."""
    print("\nThe mean over time of each layer:\n")
    print_head("form", *LAYERS)
    for form in FORMS:
        print_row(
            form, *(pair(mean(rows, (layer, "mean", form))) if _has(rows, layer, form) else "" for layer in LAYERS)
        )


def _has(rows: Sequence[Row], layer: str, form: str) -> bool:
    return (layer, "mean", form) in rows[0].tested


def print_sets(rows: Sequence[Row], chosen: Combination, best: Combination) -> None:
    """Print each row: the head, the plain mean and nearest clip, what was chosen, and what labels would have chosen."""
    head, plain = (("head", "mean", "nearest clip"), (chosen[0], "mean", "nearest clip"))
    print("\nBy set:\n")
    print_head("set", "noise", *(", ".join(one) for one in (head, plain, chosen, best)), words=2)
    for row in rows:
        print_row(row.name, row.noise, *(pair(row.tested[one]) for one in (head, plain, chosen, best)))
    print_row("**mean**", "", *(pair(mean(rows, one)) for one in (head, plain, chosen, best)))


def print_rail(data: Path, networks: dict[str, Network]) -> None:
    """Print how many pairs of a normal and an anomalous clip of a real slide rail each layer brings in order."""
    folder = data / "dcase2020_real" / "slider"
    parts = ("train/normal", "test/normal", "test/anomaly")
    train, normal, anomalous = (
        hear(networks, [read(path) for path in sorted(folder.glob(f"{part}_*.wav"))], RATE) for part in parts
    )
    forms = {"the default": ("fused", {}), **FORMS}
    found = compared(train, normal, anomalous, forms)
    n_pairs = len(normal.averaged[KEPT, "mean"]) * len(anomalous.averaged[KEPT, "mean"])
    print(f"\nA slide rail, pairs in order of {n_pairs}:\n")
    print_head("form", *LAYERS)
    for form in forms:
        counts = (found.get((layer, "mean", form)) for layer in LAYERS)
        print_row(form, *("" if one is None else f"{round(one[0] * n_pairs)}" for one in counts))


if __name__ == "__main__":
    main()
