"""Layouts of published data sets: the folder and the name of each clip of a written plant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LAYOUTS", "Place"]


@dataclass(frozen=True)
class Place:
    """The properties of a clip that a layout may show."""

    machine: str
    machine_id: int  # or section
    domain: str  # "source" or "target"
    split: str  # "train" or "test"
    label: str  # "normal" or "anomaly"
    index: int  # among clips equal in machine, id, split, label and, where the layout shows it, domain
    load: float  # operating condition, 0 to 1

    @property
    def attribute(self) -> tuple[str, str]:
        """Name and value of the operating condition: load in per cent."""
        return "load", str(round(100.0 * self.load))


@dataclass(frozen=True)
class Layout:
    """One layout of files."""

    path: Callable[[Place], str]  # below the folder, with forward slashes
    shows_domain: bool  # then clips are counted by domain
    attributes: bool  # whether each machine has tables attributes_00.csv


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
