"""Tuning without labels: faults mixed into held-out normal clips stand in for anomalies.

The same division as with labels, on clips that `offkey.datasets.splits` holds out of the training clips.
Faults only: clips of other ids, the other kind of proxies there, would stand in both parts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.datasets.proxies import FaultMix
from offkey.datasets.splits import HoldOut, hold_out
from offkey.errors import DataError
from offkey.experiments.tuning.division import Division, cells_of, check_share, divide_by_split, divide_ids

if TYPE_CHECKING:
    import polars as pl

__all__ = ["divide_with_proxies"]

_HELD_OUT = 0.3

Progress = Callable[[int], Callable[[], None]]


def divide_with_proxies(
    table: pl.DataFrame,
    mix: FaultMix,
    folder: Path,
    *,
    report_share: float = 0.5,
    seed: int = 0,
    progress: Progress = lambda total: lambda: None,
) -> Division:
    """Divide the normal training clips of a set, with faults mixed into those that are held out.

    `table`: the set; only normal clips of its split ``"train"``, or without a split, are used.
    `folder`: where the clips with faults are written.
    `report_share`: share of the ids, or of the one id's held-out clips, to report on.
    `progress`: called with the number of clips to mix; what it returns is called after each.
    """
    check_share(report_share)
    from offkey.tables.polars_extra import pl

    development = pl.col("part").is_null() | (pl.col("part") == "dev")
    training = pl.col("split").is_null() | (pl.col("split") == "train")
    normal = table.filter(development & training & (pl.col("label") == "normal"))
    ids = normal.select("machine", "section").unique()
    shares = {"test": _HELD_OUT * report_share, "validation": _HELD_OUT * (1 - report_share)}
    how = HoldOut(**shares, seed=seed, other_ids=False) if len(ids) == 1 else HoldOut(0.0, _HELD_OUT, seed, False)
    result = hold_out(normal, how, faults=mix, proxy_folder=folder, progress=progress)
    rows = list(result.table.iter_rows(named=True))
    notes = [
        f"The anomalies are proxies, {mix.snr_db:g} dB faults mixed into held-out normal clips: they order settings at "
        "best, and are no results on faults of the machine."
    ]
    if result.left_out:
        file, reason = result.left_out[0]
        reason = reason if file in reason else f"{file}: {reason}"
        notes.append(f"{len(result.left_out)} held-out clips have no proxy; the first reason: {reason}")
    if len(ids) == 1:
        name = " ".join(part for part in ids.row(0) if part) or "all clips"
        return divide_by_split(rows, [*notes, f"There is one id only ({name}), so its held-out clips are divided."])
    cells, lacking = cells_of(rows)
    if len({cell.id for cell in cells}) < 2:
        raise DataError(f"Proxies need two ids into whose clips faults can be mixed; {' '.join(lacking)}")
    division = divide_ids(cells, report_share, seed)
    return Division(division.tuning, division.reporting, [*notes, *lacking])
