"""The classes that the networks learn: machine, section or id, and attributes, as far as they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.datasets.names import parse_name
from offkey.errors import AudioError
from offkey.features.learning import Origin, TrainingClip
from offkey.learned.discriminative.pseudo_labels import pseudo_labels

__all__ = ["Classes", "find_classes", "origin_of"]

_NO_ATTRIBUTES = frozenset({"", "_", "noattribute", "noattributes"})


@dataclass(frozen=True)
class Classes:
    """The classes of pieces of sound."""

    names: list[str]  # such as "fan 00 vel_6" or "pump 00 cluster 2"
    of_row: NDArray[np.intp]  # the class of each row

    @property
    def shares(self) -> NDArray[np.float32]:
        """Share of each class in each row, shape (n, n_classes): 1 for its own."""
        shares: NDArray[np.float32] = np.eye(len(self.names), dtype=np.float32)[self.of_row]
        return shares


def origin_of(clip: TrainingClip) -> Origin:
    """Return the known origin of a clip, else that of its name."""
    if clip.origin != Origin():
        return clip.origin
    named = parse_name(clip.name)
    return Origin(named.machine, named.section, named.attributes)


def find_classes(
    origins: Sequence[Origin], statistics: NDArray[np.float32], *, most_clusters: int, seed: int = 0
) -> Classes:
    """Find at least two classes of clips, or raise AudioError if there are fewer than 4 rows or all sound the same.

    Each combination of machine, section and attributes is a class. The clips of a machine and section without
    attributes (none in the name, or ``noAttribute``) are clustered by their sound (`statistics`), and each cluster is a
    class. If all clips would be one class, they are clustered too.
    """
    if len(origins) < 4:
        raise AudioError(
            f"Too few clips to train an embedding: expected at least 4 that can be used, got {len(origins)}."
        )
    names = [_name(origin) for origin in origins]
    single = len(set(names)) == 1
    fewest, most = (2, max(2, most_clusters)) if single else (1, most_clusters)
    for place in sorted({_place(origin) for origin in origins}):
        here = [row for row, origin in enumerate(origins) if _place(origin) == place]
        rows = [row for row in here if single or not _attributes(origins[row])]
        clusters = pseudo_labels(statistics[rows], fewest=fewest, most=most, seed=seed)
        if clusters.any():
            for row, cluster in zip(rows, clusters.tolist(), strict=True):
                names[row] = f"{place} cluster {cluster}".strip()
    classes, of_row = np.unique(names, return_inverse=True)
    if len(classes) < 2:
        raise AudioError("An embedding cannot be trained on clips that all sound the same: there is only one class.")
    return Classes(classes.tolist(), of_row.reshape(-1))


def _place(origin: Origin) -> str:
    return " ".join(part for part in (origin.machine, origin.section) if part)


def _attributes(origin: Origin) -> str | None:
    known = origin.attributes
    return None if known is None or known.lower() in _NO_ATTRIBUTES else known


def _name(origin: Origin) -> str:
    return " ".join(part for part in (_place(origin), _attributes(origin)) if part)
