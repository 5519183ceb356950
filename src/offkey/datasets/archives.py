"""Which public archives hold which data set, part and machine.

The list is ``archives.csv`` beside this file: Zenodo records and names of archives, from the organisers'
download scripts (github.com/nttcslab/dcase2023_task2_baseline_ae, ``data_download_*.sh`` and ``tools/``) and
MIMII's record. ``confirmed`` is ``no`` where a name is known from third parties alone.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from offkey.errors import UsageError

__all__ = ["Archive", "downloadable", "find_archives", "parts_of"]

_ELSEWHERE = {
    "toyadmos": "ToyADMOS is published as 7-zip volumes: zenodo.org/records/3351307",
    "toyadmos2": "ToyADMOS2 is raw material for its mixer: zenodo.org/records/4580270",
}


@dataclass(frozen=True)
class Archive:
    """One published archive.

    Parameters
    ----------
    dataset, part, machine : str
        What is in it.
    record : str
        Number of the Zenodo record.
    name : str
        File name in the record.
    folder : str
        Where it is unpacked, beneath the data set's folder.
    confirmed : bool
        Whether the organisers' own scripts name it.
    """

    dataset: str
    part: str
    machine: str
    record: str
    name: str
    folder: str
    confirmed: bool


@cache
def _all() -> tuple[Archive, ...]:
    with Path(__file__).with_name("archives.csv").open(newline="", encoding="utf-8") as file:
        return tuple(
            Archive(
                dataset=row["dataset"],
                part=row["part"],
                machine=machine,
                record=row["record"],
                name=row["archive"].format(machine=machine),
                folder=row["folder"],
                confirmed=row["confirmed"] == "yes",
            )
            for row in csv.DictReader(file)
            for machine in row["machines"].split()
        )


def downloadable() -> list[str]:
    """Return the names of the data sets that can be fetched."""
    return list(dict.fromkeys(archive.dataset for archive in _all()))


def parts_of(dataset: str) -> list[str]:
    """Return the parts of a data set, in the order of publication."""
    return list(dict.fromkeys(archive.part for archive in _all() if archive.dataset == dataset))


def find_archives(
    dataset: str, machines: Sequence[str] | None = None, parts: Sequence[str] | None = None
) -> list[Archive]:
    """Find the archives of a data set.

    Parameters
    ----------
    dataset : str
        One of `downloadable()`.
    machines : sequence of str, optional
        Only these, in any case; by default all.
    parts : sequence of str, optional
        Of DCASE ``"dev"``, ``"additional"`` (training clips of the evaluation's machines) and
        ``"eval"``, of MIMII ``"6dB"``, ``"0dB"`` and ``"min6dB"``; by default all.

    Returns
    -------
    list of Archive
        In the order of publication.

    Raises
    ------
    UsageError
        If the data set, a machine or a part is unknown, or no part has a machine.
    """
    known = [archive for archive in _all() if archive.dataset == dataset]
    if not known:
        hint = f" {_ELSEWHERE[dataset]}." if dataset in _ELSEWHERE else ""
        names = ", ".join(downloadable())
        raise UsageError(f"The data set {dataset!r} cannot be fetched: expected one of {names}.{hint}")
    for part in parts or ():
        if part not in parts_of(dataset):
            raise UsageError(f"{dataset} has no part {part!r}: it has {', '.join(parts_of(dataset))}.")
    chosen = [archive for archive in known if parts is None or archive.part in parts]
    if machines is None:
        return chosen
    asked = {machine.lower() for machine in machines}
    there = dict.fromkeys(archive.machine for archive in chosen)
    for machine in machines:
        if machine.lower() not in {name.lower() for name in there}:
            where = "" if parts is None else f" in its part {', '.join(parts)}"
            raise UsageError(f"{dataset} has no machine {machine!r}{where}: it has {', '.join(there)}.")
    return [archive for archive in chosen if archive.machine.lower() in asked]
