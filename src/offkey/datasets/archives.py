"""The public archives of each data set, part and machine, as the editions' files list them."""

from __future__ import annotations

from collections.abc import Sequence

from offkey.datasets.editions import published_set, published_sets
from offkey.datasets.editions.published import Archive
from offkey.errors import UsageError

__all__ = ["downloadable", "find_archives", "parts_of"]

_ELSEWHERE = {
    "toyadmos": "ToyADMOS is published as 7-zip volumes: zenodo.org/records/3351307",
    "toyadmos2": "ToyADMOS2 is raw material for its mixer: zenodo.org/records/4580270",
}


def downloadable() -> list[str]:
    """Return the names of the data sets that can be fetched."""
    return [one.name for one in published_sets() if one.archives]


def parts_of(dataset: str) -> list[str]:
    """Return the parts of a data set, in the order of publication."""
    return list(dict.fromkeys(archive.part for archive in published_set(dataset).archives))


def find_archives(
    dataset: str, machines: Sequence[str] | None = None, parts: Sequence[str] | None = None
) -> list[Archive]:
    """Find the archives of a data set.

    `machines`: only these, in any case; by default all.
    `parts`: of DCASE ``"dev"``, ``"additional"`` (training clips of the evaluation's machines) and ``"eval"``, of MIMII
        ``"6dB"``, ``"0dB"`` and ``"min6dB"``; by default all.
    """
    known = list(published_set(dataset).archives)
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
    wanted = {machine.lower() for machine in machines}
    there = dict.fromkeys(archive.machine for archive in chosen)
    for machine in machines:
        if machine.lower() not in {name.lower() for name in there}:
            where = "" if parts is None else f" in its part {', '.join(parts)}"
            raise UsageError(f"{dataset} has no machine {machine!r}{where}: it has {', '.join(there)}.")
    return [archive for archive in chosen if archive.machine.lower() in wanted]
