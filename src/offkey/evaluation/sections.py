"""The scored and labelled clips of one machine's section, the unit of every official score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offkey.datasets.editions.formula import DOMAINS
from offkey.errors import DataError
from offkey.evaluation.ranking import Bits, Floats

__all__ = ["DOMAINS", "SectionScores"]


@dataclass(frozen=True, eq=False)
class SectionScores:
    """Scores of the test clips of one section, with their labels.

    Parameters
    ----------
    machine : str
        The machine type, such as ``"fan"``.
    section : str
        The section, or the machine id of 2020, as two digits.
    files : tuple of str
        File name of each clip.
    scores : ndarray of float, shape (n_clips,)
        Anomaly scores; higher is more anomalous.
    labels : ndarray of int8, shape (n_clips,)
        0 for normal, 1 for anomaly.
    domains : ndarray of str, shape (n_clips,)
        ``"source"`` or ``"target"``; empty strings if the edition has no domains.
    decisions : ndarray of int8, shape (n_clips,), optional
        1 for a clip that was called anomalous.

    Examples
    --------
    >>> import numpy as np
    >>> from offkey.evaluation import SectionScores
    >>> len(SectionScores("fan", "00", ("a.wav", "b.wav"), np.array([0.1, 0.7]), np.array([0, 1]), np.array(["", ""])))
    2
    """

    machine: str
    section: str
    files: tuple[str, ...]
    scores: Floats
    labels: Bits
    domains: NDArray[np.str_]
    decisions: Bits | None = None

    def __post_init__(self) -> None:
        for name in ("scores", "labels", "domains", "decisions"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.files):
                raise DataError(
                    f"Section {self.section} of {self.machine} has {len(self.files)} clips, "
                    f"but {len(values)} {name}: there must be one for each clip."
                )

    def __len__(self) -> int:
        return len(self.files)
