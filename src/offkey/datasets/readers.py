"""All data sets by name, and the one function that reads any of them to the table of clips."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.datasets.editions import edition_names, find_edition, how_to_add
from offkey.errors import DataError, UsageError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["names", "read_dataset", "takes"]

_READERS = {
    "mimii": "offkey.datasets.mimii:read",
    "toyadmos": "offkey.datasets.toyadmos:read",
    "toyadmos2": "offkey.datasets.dcase:read_toyadmos2",
    "folder": "offkey.datasets.folder:read",
    "table": "offkey.datasets.readers:_read_table",
}


def names() -> list[str]:
    """Return the names of all data sets that can be read.

    Examples
    --------
    >>> from offkey import datasets
    >>> datasets.names()[:2]
    ['dcase2020', 'dcase2021']
    """
    return [*edition_names(), *_READERS]


def takes(dataset: str, option: str) -> bool:
    """Tell whether the reader of a data set has an option, such as ``"ground_truth"``."""
    if option == "attributes" and dataset in edition_names():
        return find_edition(dataset).clips.hidden_attributes
    return option in inspect.signature(_find(dataset)).parameters


def read_dataset(
    dataset: str,
    root: str | PathLike[str],
    *,
    machines: Sequence[str] | None = None,
    ground_truth: str | PathLike[str] | None = None,
    **options: Any,
) -> pl.DataFrame:
    """Read a data set as its organisers publish it.

    Parameters
    ----------
    dataset : str
        One of `names()`. MIMII DUE is read as ``"dcase2021"``, MIMII DG as ``"dcase2022"``.
    root : path
        The folder that holds ``dev_data`` and ``eval_data``, or machines, or one machine; for ``"table"``, the table's
        file.
    machines : sequence of str, optional
        Only these machines; by default all.
    ground_truth : path, optional
        DCASE only: the organisers' ground truth of the evaluation set, as in
        `offkey.datasets.ground_truth.read_ground_truth`. Clips are matched by file name to their labels and domains.
    **options
        Options of one reader: ``attributes`` (editions that hid some), ``microphone`` and ``train_clips`` (toyadmos).

    Returns
    -------
    polars.DataFrame
        The table of clips, with the columns of `offkey.datasets.table`.

    Raises
    ------
    UsageError
        If there is no such data set, or it does not accept an option.
    DataError
        If the folder does not have the expected layout.

    Examples
    --------
    >>> from offkey.datasets import read_dataset
    >>> clips = read_dataset("dcase2020", "dcase2020", ground_truth="dcase2020/ground_truth")
    >>> sorted(clips["split"].unique())
    ['test', 'train']
    """
    if ground_truth is not None:
        options["ground_truth"] = ground_truth
    for option in options:
        if not takes(dataset, option):
            raise UsageError(f"The data set {dataset!r} takes no {option.replace('_', ' ')}.")
    table: pl.DataFrame = _find(dataset)(Path(root), machines=machines, **options)
    return table


def _find(dataset: str) -> Callable[..., Any]:
    if dataset in edition_names():
        from offkey.datasets.dcase import read_edition

        return partial(read_edition, dataset)
    if dataset not in _READERS:
        near = difflib.get_close_matches(dataset, names(), n=1)
        hint = (f" Did you mean {near[0]!r}?" if near else "") + how_to_add(dataset)
        raise UsageError(f"There is no data set {dataset!r}: expected one of {', '.join(names())}.{hint}")
    module, _, attribute = _READERS[dataset].partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def _read_table(path: Path, *, machines: Sequence[str] | None = None) -> pl.DataFrame:
    from offkey.datasets.layout import chosen_machines
    from offkey.datasets.table import read_table
    from offkey.tables.polars_extra import pl

    if path.is_dir():
        raise DataError(f"The table {path} is a folder: name the CSV or Parquet file, or read it as 'folder'.")
    table = read_table(path)
    if machines is None:
        return table
    found = chosen_machines([machine for machine in table["machine"].unique().to_list() if machine], machines, path)
    return table.filter(pl.col("machine").is_in(list(found)))
