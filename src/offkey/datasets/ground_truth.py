"""The organisers' labels and domains of the evaluation clips, read by name and never by position.

Two forms are published (github.com/nttcslab, the baselines' ``eval_data_list_*.csv`` and the evaluators'
folders ``ground_truth_data``, ``ground_truth_domain``), one of them or both an edition:

- a list: a line with the machine's name, then ``section_00_0005.wav,section_00_source_test_anomaly_0005_vel_15.wav``
  for each of its clips; in 2020 ``id_01_00000000.wav,normal_id_01_00000098.wav,0``;
- folders: ``ground_truth_<machine>_section_00_test.csv`` (2021: ``_source_test``, ``_target_test``) with rows
  ``section_00_0005.wav,1``, where 1 is an anomaly, and in ``ground_truth_domain`` the target domain.

Where both are there the folders are read: they are what the official scores were computed from, while the
list of 2022 differs from them in 608 labels and 592 domains.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from offkey.datasets.names import parse_name
from offkey.errors import DataError
from offkey.tables import read_lines

__all__ = ["GroundTruth", "Truth", "match_names", "read_ground_truth"]


class Truth(NamedTuple):
    """The organisers' label and domain of one evaluation clip.

    Parameters
    ----------
    label : int
        1 for an anomaly, 0 for a normal clip.
    domain : str or None
        ``"source"`` or ``"target"``; None in 2020, which has no domains.

    Examples
    --------
    >>> from offkey.datasets import Truth
    >>> Truth(label=1, domain="target").label
    1
    """

    label: int
    domain: str | None


GroundTruth: TypeAlias = dict[tuple[str, str], dict[str, Truth]]
"""Maps (machine, section or machine id) to a map of file name to truth."""

_FILE = re.compile(r"ground_truth_(.+)_section_(\d\d)_(?:source_|target_)?test\.csv", re.ASCII)


def read_ground_truth(path: str | PathLike[str]) -> GroundTruth:
    """Read the ground truth of an evaluation set in any form that the organisers publish.

    Parameters
    ----------
    path : path
        A list (``eval_data_list_2020.csv``), the folder ``ground_truth_data``, or a folder that holds one of these. If
        a folder holds two lists, give the path of one.

    Returns
    -------
    dict of (machine, section) to dict of file name to Truth
        Sections have no prefix: ``"03"``; for 2020 they are machine ids.

    Raises
    ------
    DataError
        If nothing there can be read, or a row is invalid: a name that is doubled, belongs to another section or has no
        domain, or a label other than 0 and 1. The message names file and line.

    Examples
    --------
    >>> from offkey.datasets import read_ground_truth
    >>> truth = read_ground_truth("dcase2020/ground_truth")
    >>> len(next(iter(truth.values())))
    16
    """
    path = Path(path)
    if path.is_file():
        return _read_list(path)
    if not path.is_dir():
        raise DataError(
            f"The ground truth {path} does not exist: expected a list such as eval_data_list_2020.csv "
            "or a folder with ground_truth_data."
        )
    for folder in (path, path / "ground_truth_data"):
        if any(_FILE.fullmatch(file.name) for file in folder.glob("ground_truth_*.csv")):
            return _read_folders(folder)
    lists = sorted(path.glob("eval_data_list*.csv"))
    if len(lists) == 1:
        return _read_list(lists[0])
    found = ", ".join(file.name for file in lists) or "neither"
    raise DataError(
        f"The folder {path} must hold ground_truth_data/ground_truth_<machine>_section_<xx>_test.csv "
        f"or one eval_data_list*.csv; found {found}: name the file or folder that is meant."
    )


def match_names(
    names: Iterable[str], truths: Mapping[str, Truth], *, what: str, complete: bool = True
) -> dict[str, Truth]:
    """Return the truth of each name; raise if names and ground truth do not match.

    Parameters
    ----------
    names : iterable of str
        File names without folder.
    truths : mapping of str to Truth
        The ground truth of one machine and section.
    what : str
        Subject of the error message: ``"The clips in fan/test"``.
    complete : bool, default True
        Whether every name of the ground truth must be among `names`.

    Returns
    -------
    dict of str to Truth
        In the order of `names`.

    Raises
    ------
    DataError
        If a name is doubled, unknown to the ground truth, or missing; the message lists them.

    Examples
    --------
    >>> from offkey.datasets import Truth, match_names
    >>> match_names(["a.wav"], {"a.wav": Truth(1, None)}, what="The clips")["a.wav"].label
    1
    """
    counts = Counter(names)
    wrong = {
        "doubled": [name for name, count in counts.items() if count > 1],
        "unknown to the ground truth": [name for name in counts if name not in truths],
        "missing": [name for name in truths if name not in counts] if complete else [],
    }
    faults = [f"{len(listed)} {kind} ({', '.join(listed)})" for kind, listed in wrong.items() if listed]
    if faults:
        raise DataError(f"{what} must be the {len(truths)} of the ground truth, each once; found {'; '.join(faults)}.")
    return {name: truths[name] for name in counts}


def _read_folders(data: Path) -> GroundTruth:
    """Read ``ground_truth_data`` and, where it lies beside it, ``ground_truth_domain``."""
    result: GroundTruth = {}
    for file in sorted(data.glob("ground_truth_*.csv")):
        if not (match := _FILE.fullmatch(file.name)):
            continue
        machine, section = match.groups()
        labels = _read_binary(file, section)
        domain_file = data.parent / "ground_truth_domain" / file.name
        domains = _read_binary(domain_file, section) if domain_file.exists() else None
        if domains is not None and domains.keys() != labels.keys():
            differing = ", ".join(sorted(domains.keys() ^ labels.keys()))
            raise DataError(f"{domain_file} must list the same clips as {file}, but they differ in {differing}.")
        clips = result.setdefault((machine, section), {})
        for name, label in labels.items():
            if name in clips:
                raise DataError(f"{file} lists {name}, which another file of {machine} section {section} lists too.")
            in_name = parse_name(name).domain  # 2021 has the domain in the name
            clips[name] = Truth(label, in_name if domains is None else ("source", "target")[domains[name]])
    return result


def _read_binary(path: Path, section: str) -> dict[str, int]:
    """Read rows of a file name and 0 or 1."""
    result: dict[str, int] = {}
    for line, row in read_lines(path, "ground truth", official=True):
        if len(row) != 2 or row[1] not in ("0", "1"):
            raise DataError(f"{path}, line {line}: expected a file name and 0 or 1, found {','.join(row)!r}.")
        name = row[0]
        _check_new(name, section, result, f"{path}, line {line}")
        result[name] = int(row[1])
    _check_filled(result, path)
    return result


def _read_list(path: Path) -> GroundTruth:
    """Read a list of names and original names, machine by machine."""
    result: GroundTruth = {}
    machine: str | None = None
    for line, row in read_lines(path, "ground truth", official=True):
        where = f"{path}, line {line}"
        if len(row) == 1:
            machine = row[0]
            continue
        if machine is None:
            raise DataError(f"{where}: expected the name of a machine before its clips, found {','.join(row)!r}.")
        name, truth = _listed(row, where)
        section = parse_name(name).section
        if section is None:
            raise DataError(f"{where}: {name!r} is no name of an evaluation clip, such as section_00_0005.wav.")
        clips = result.setdefault((machine, section), {})
        _check_new(name, section, clips, f"{where} ({machine})")
        clips[name] = truth
    _check_filled(result, path)
    return result


def _listed(row: list[str], where: str) -> tuple[str, Truth]:
    """Return the name and the truth of one row of a list."""
    name, original = row[0], parse_name(row[1])
    if len(row) > 3 or original.label is None:
        raise DataError(
            f"{where}: expected a file name, the original name with 'normal' or 'anomaly', and at most a label; "
            f"found {','.join(row)!r}."
        )
    label = int(original.label == "anomaly")
    if len(row) == 3 and row[2] != str(label):
        raise DataError(f"{where}: {name} has the label {row[2]!r}, but its original name says {label}.")
    return name, Truth(label, original.domain or parse_name(name).domain)


def _check_new(name: str, section: str, seen: Mapping[str, object], where: str) -> None:
    if name in seen:
        raise DataError(f"{where}: {name} is listed twice; each clip must be listed once.")
    if parse_name(name).section != section:
        raise DataError(f"{where}: {name!r} is not the name of a clip of section {section}.")


def _check_filled(result: Mapping[Any, object], path: Path) -> None:
    if not result:
        raise DataError(f"The ground truth {path} lists no clips.")
