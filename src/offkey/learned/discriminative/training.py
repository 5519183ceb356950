"""From normal clips to trained networks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offkey.features.learning import Stage, TrainingClip
from offkey.learned.discriminative.branches import branches
from offkey.learned.discriminative.cache import Cache
from offkey.learned.discriminative.classes import find_classes, origin_of
from offkey.learned.discriminative.inputs import Inputs
from offkey.learned.discriminative.settings import Settings
from offkey.learned.network import Network
from offkey.learned.network.torch_module import to_network
from offkey.learned.torch_extra import torch
from offkey.learned.training import ArrayBatches, History, TrainingOptions, seeded, train
from offkey.learned.training.batches import Batches

__all__ = ["Trained", "train_networks"]

_PURPOSE = "Training a discriminative embedding"


@dataclass(frozen=True)
class Trained:
    """Trained networks, one per input, with their classes and history."""

    networks: list[Network]
    classes: dict[str, int]  # pieces of sound by class
    history: History


def train_networks(
    clips: Sequence[TrainingClip], inputs: Inputs, settings: Settings, *, folder: Path | None, jobs: int, stage: Stage
) -> Trained:
    """Train the networks of a front end; each clip gives a row for each whole piece of sound in it, at least one.

    `folder` keeps computed inputs and the checkpoint, so that an interrupted training goes on. Without it the inputs
    are computed anew, and the caller's monitor says where a checkpoint lies.
    """
    torch(_PURPOSE)
    if folder is None:
        with TemporaryDirectory() as temporary:
            return _trained(clips, inputs, settings, Path(temporary), None, jobs=jobs, stage=stage)
    return _trained(clips, inputs, settings, folder, folder / "checkpoint.pt", jobs=jobs, stage=stage)


def _trained(
    clips: Sequence[TrainingClip],
    inputs: Inputs,
    settings: Settings,
    folder: Path,
    checkpoint: Path | None,
    *,
    jobs: int,
    stage: Stage,
) -> Trained:
    cache = Cache(folder / f"inputs-{_digest(asdict(inputs))}", inputs)
    cache.add(clips, jobs=jobs, advance=stage("Listening", len(clips)))
    rows, clip_of_row, (*arrays, statistics) = cache.load(clips)
    origins = [origin_of(clip) for clip in clip_of_row]
    clustered = np.asarray(statistics[rows], np.float32)
    classes = find_classes(origins, clustered, most_clusters=settings.most_clusters, seed=settings.seed)
    from offkey.learned.discriminative.module import Discriminator, batch_loss  # imports torch, which is there now

    layers = branches(inputs.shapes, settings.width, settings.n_dims)
    with seeded(settings.seed):
        module = Discriminator(layers, len(classes.names), settings)
    chosen = ArrayBatches((rows, classes.shares), settings.batch_size, seed=settings.seed)
    options = TrainingOptions(
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        schedule="cosine",
        seed=settings.seed,
    )
    advance = stage("Training", settings.epochs)
    history = train(
        module,
        lambda epoch: _Batches(arrays, chosen(epoch)),
        batch_loss,
        options=options,
        checkpoint=checkpoint,
        signature=_digest([asdict(inputs), asdict(settings), [clip.key for clip in clip_of_row], classes.names]),
        advance=lambda _history: advance(),
        title="Discriminative embedding",
    )
    described = zip(layers, module.branches, inputs.shapes, strict=True)
    networks = [to_network(branch_layers, branch, shape) for branch_layers, branch, shape in described]
    counts = np.bincount(classes.of_row, minlength=len(classes.names)).tolist()
    return Trained(networks, dict(zip(classes.names, counts, strict=True)), history)


@dataclass(frozen=True)
class _Batches:
    """The rows of a batch, read from disk when it is its turn."""

    arrays: Sequence[NDArray[np.float16]]
    chosen: Batches

    def __len__(self) -> int:
        return len(self.chosen)

    def __iter__(self) -> Iterator[tuple[NDArray[Any], ...]]:
        for rows, shares in self.chosen:
            order = np.argsort(rows)  # the disk is read in one direction
            yield (*(np.asarray(array[rows[order]]) for array in self.arrays), shares[order])


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
