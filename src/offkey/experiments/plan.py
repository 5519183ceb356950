"""The plan of a benchmark: one model for each machine and section, at each signal-to-noise ratio.

As the editions prescribe: the development machines are fitted on their own normal training clips, the
evaluation machines on the additional training set, both domains of a section together. Supplemental clips
(2025) are not learnt from: a machine alone and noise alone both sound unlike what is tested, so that they would
only blur what is normal and where the threshold lies. On demand noise alone tells which directions of the features
need not count (`offkey.experiments.noise`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.audio import Channel
from offkey.datasets.editions import edition_names, find_edition
from offkey.datasets.editions.edition import Edition
from offkey.datasets.readers import read_dataset
from offkey.errors import DataError
from offkey.experiments.cell import Cell, SetPart, Supplemental, clips_of
from offkey.experiments.noise import FEWEST
from offkey.experiments.stand_in import standing_in
from offkey.work.folders import is_remote

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Plan", "divided", "make_plan"]

_Row = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """All cells of a benchmark.

    `proxies`: what stands in for anomalies among the test clips, and how often; empty where all are real.
    """

    dataset: str
    edition: Edition | None  # None for a data set without an official score
    channel: Channel
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]
    proxies: tuple[str, ...] = ()

    @property
    def parts(self) -> list[SetPart]:
        """The parts, in their order."""
        return list(dict.fromkeys(cell.part for cell in self.cells))

    @property
    def year(self) -> int | None:
        """The year of the edition, as it stands in files."""
        return None if self.edition is None else self.edition.year


def make_plan(
    dataset: str,
    root: str | PathLike[str],
    *,
    parts: Sequence[SetPart] = ("dev",),
    machines: Sequence[str] | None = None,
    ground_truth: str | PathLike[str] | None = None,
    channel: Channel | None = None,
    supplemental: Supplemental = "ignore",
) -> Plan:
    """Read a data set and say what is fitted and scored.

    `parts`: which sets; clips of a set that knows no parts belong to ``"dev"``.
    `ground_truth`: the organisers' ground truth of the evaluation set, or a folder with one such folder for each
        edition, named ``dcase2023`` and so on.
    `channel`: what is heard; by default what the set's official baseline hears, else channel 0.
    `supplemental`: {"ignore", "use"}; whether clips of noise alone, where the set has such, are used.
    """
    planned = partial(
        _plan, dataset, parts=parts, machines=machines, truth=ground_truth, channel=channel, supplemental=supplemental
    )
    if not is_remote(str(root)):
        return planned(Path(root))
    with standing_in(str(root), whole=dataset != "table") as stand_in:
        plan = planned(stand_in.root)
        return replace(plan, cells=tuple(map(stand_in.located, plan.cells)))


def _plan(
    dataset: str,
    root: Path,
    *,
    parts: Sequence[SetPart],
    machines: Sequence[str] | None,
    truth: str | PathLike[str] | None,
    channel: Channel | None,
    supplemental: Supplemental,
) -> Plan:
    if truth is not None and (Path(truth) / dataset).is_dir():
        truth = Path(truth) / dataset
    table = read_dataset(dataset, root, machines=machines, ground_truth=truth)
    folder = root if root.is_dir() else root.parent
    edition = find_edition(dataset) if dataset in edition_names() else None
    official = table["channel"].drop_nulls().unique().to_list()
    default = official[0] if len(official) == 1 else 0
    chosen = default if channel is None else channel
    notes: list[str] = []
    cells = [
        replace(cell, channel=chosen)
        for part in parts
        for cell in _cells_of_part(table, part, folder, notes, supplemental)
    ]
    return Plan(dataset, edition, chosen, tuple(cells), tuple(notes), _proxies(table))


def _proxies(table: pl.DataFrame) -> tuple[str, ...]:
    rows = table.select("split", "proxy").iter_rows()
    kinds = Counter(proxy for split, proxy in rows if split == "test" and proxy is not None)
    return tuple(f"{kind} ({count} clips)" for kind, count in sorted(kinds.items()))


def _cells_of_part(
    table: pl.DataFrame, part: SetPart, folder: Path, notes: list[str], supplemental: Supplemental
) -> list[Cell]:
    rows = [row for row in table.iter_rows(named=True) if _part(row) == part]
    if not rows:
        there = " and ".join(sorted({_part(row) for row in table.iter_rows(named=True)}))
        raise DataError(f"{folder} has no clips of the {_PART_NAMES[part]}: found those of {there} alone; see --part.")
    by_key: dict[tuple[Any, ...], list[_Row]] = {}
    for row in rows:
        by_key.setdefault((row["machine"], row["section"], row["snr_db"]), []).append(row)
    cells = []
    for key in sorted(by_key, key=_order):
        cell = _cell(part, key, by_key[key], folder, notes, supplemental)
        if cell.test:
            cells.append(cell)
        elif cell.train:
            notes.append(f"{cell.name} ({part}) has no test clips: nothing of it is scored.")
    if not cells:
        raise DataError(f"{folder} has no test clips in the {_PART_NAMES[part]}: there is nothing to score.")
    return cells


_PART_NAMES = {"dev": "development set", "eval": "evaluation set"}


def _part(row: Mapping[str, Any]) -> SetPart:
    return "dev" if row["part"] in (None, "dev") else "eval"


def _order(key: tuple[str | None, str | None, float | None]) -> tuple[str, str, float]:
    machine, section, snr_db = key
    return machine or "", section or "", snr_db or 0.0


def _cell(
    part: SetPart, key: tuple[Any, ...], rows: list[_Row], folder: Path, notes: list[str], supplemental: Supplemental
) -> Cell:
    machine, section, snr_db = key
    name = Cell(part, machine, section, snr_db, (), ()).name
    if all(row["split"] is None for row in rows):
        rows = divided(rows)
        notes.append(
            f"{name} has no split: as in MIMII, all anomalous clips and the first equally many normal ones (half of "
            "them at most) test, the other normal clips train."
        )
    train = [row for row in rows if row["split"] == "train" and row["label"] != "anomaly"]
    test = [row for row in rows if row["split"] == "test"]
    noise = [row for row in rows if row["supplement"] == "noise"] if supplemental == "use" else []
    if 0 < len(noise) < FEWEST:
        notes.append(f"{name}: {len(noise)} clips of noise alone are too few to be used; {FEWEST} would do.")
        noise = []
    if noise:
        notes.append(
            f"{name}: the directions in which {len(noise)} supplemental clips of noise alone vary do not count."
        )
    counts = Counter(row["split"] for row in rows)
    counts["supplemental"] -= len(noise)
    notes += [
        f"{name}: {counts[split]} {split} clips are neither learnt from nor scored."
        for split in ("supplemental", "validation")
        if counts[split]
    ]
    if anomalous := sum(row["split"] == "train" and row["label"] == "anomaly" for row in rows):
        notes.append(f"{name}: {anomalous} training clips are labelled anomalous and left out.")
    to_learn, to_score, alone = (clips_of(which, folder) for which in (train, test, noise))
    return Cell(part, machine, section, snr_db, to_learn, to_score, alone)


def divided(rows: list[_Row]) -> list[_Row]:
    """Divide clips that have no split as MIMII's authors do; half of the normal ones train in any case."""
    anomalous = [row for row in rows if row["label"] == "anomaly"]
    normal = [row for row in rows if row["label"] == "normal"]
    n_tested = min(len(anomalous), len(normal) // 2)
    tested = [{**row, "split": "test"} for row in (*normal[:n_tested], *anomalous)]
    return [*({**row, "split": "train"} for row in normal[n_tested:]), *tested]
