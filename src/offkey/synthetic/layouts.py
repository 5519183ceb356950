"""Where a clip of a written plant lies, and what it is called: the layouts of published data sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LAYOUTS", "Place"]


@dataclass(frozen=True)
class Place:
    """What a layout can tell of a clip.

    Attributes
    ----------
    machine, domain, split, label : str
        As everywhere: ``"fan"``; ``"source"`` or ``"target"``; ``"train"`` or ``"test"``; ``"normal"`` or
        ``"anomaly"``.
    machine_id : int
        Number of the machine id, or section.
    index : int
        Number of the clip among those that share all of machine, id, split, label, and, where the layout shows
        it, domain.
    load : float
        Operating condition, 0 to 1.
    """

    machine: str
    machine_id: int
    domain: str
    split: str
    label: str
    index: int
    load: float

    @property
    def attribute(self) -> tuple[str, str]:
        """Name and value of the operating condition: load in per cent."""
        return "load", str(round(100.0 * self.load))


@dataclass(frozen=True)
class Layout:
    """One layout.

    Attributes
    ----------
    path : callable
        From a place to the path below the folder, with forward slashes.
    shows_domain : bool
        Whether clips are counted by domain.
    attributes : bool
        Whether each machine has tables of attributes, ``attributes_00.csv``.
    """

    path: Callable[[Place], str]
    shows_domain: bool
    attributes: bool


def _dcase2020(place: Place) -> str:
    return f"{place.machine}/{place.split}/{place.label}_id_{place.machine_id:02d}_{place.index:08d}.wav"


def _dcase2023(place: Place) -> str:
    return (
        f"{place.machine}/{place.split}/section_{place.machine_id:02d}_{place.domain}_{place.split}_{place.label}_"
        f"{place.index:04d}_{'_'.join(place.attribute)}.wav"
    )


LAYOUTS: dict[str, Layout] = {
    "dcase2020": Layout(_dcase2020, shows_domain=False, attributes=False),
    "dcase2023": Layout(_dcase2023, shows_domain=True, attributes=True),
}
"""The layouts by name: the development sets of DCASE 2020 Task 2 and of 2023 Task 2."""
