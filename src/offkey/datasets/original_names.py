"""The original names of evaluation clips, which hold label, domain and attributes.

The organisers publish them with the labels, and their baselines of 2023 on write score files by them
(after the renaming of ``tools/rename_eval_wav.py``). They stand in ``ground_truth_attributes`` as rows
``section_00_0005.wav,section_00_source_test_anomaly_0005_vel_15``, or in ``eval_data_list_*.csv``.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TypeAlias

from offkey.datasets.ground_truth import GroundTruth
from offkey.datasets.names import parse_name
from offkey.tables import read_lines

__all__ = ["OriginalNames", "read_original_names"]

OriginalNames: TypeAlias = dict[tuple[str, str], dict[str, str]]
"""(machine, section) to original file name to the name that was published."""


def read_original_names(path: str | PathLike[str], truths: GroundTruth) -> OriginalNames:
    """Read the original names that lie beside a ground truth.

    `truths`: what that function returned. A name whose label or domain it contradicts is left out, as are names of
        clips that it does not list.
    Returns: the published name of each original name; empty where the organisers publish none.
    """
    path = Path(path)
    if path.is_file():
        pairs = _from_list(path)
    else:
        base = path.parent if path.name == "ground_truth_data" else path
        pairs = _from_attributes(base / "ground_truth_attributes", truths)
        lists = sorted(base.glob("eval_data_list*.csv"))
        if not pairs and len(lists) == 1:
            pairs = _from_list(lists[0])
    names: OriginalNames = {}
    for machine, published, original in pairs:
        named = parse_name(original)
        key = (machine, named.section or "")
        truth = truths.get(key, {}).get(published)
        if truth and named.label == ("normal", "anomaly")[truth.label] and named.domain == truth.domain:
            names.setdefault(key, {})[original] = published
    return names


def _from_attributes(folder: Path, truths: GroundTruth) -> list[tuple[str, str, str]]:
    pairs = []
    for machine, section in truths:
        file = folder / f"ground_truth_{machine}_section_{section}_test.csv"
        if file.is_file():
            pairs += [(machine, row[0], f"{row[1].removesuffix('.wav')}.wav") for row in _rows(file) if len(row) > 1]
    return pairs


def _from_list(file: Path) -> list[tuple[str, str, str]]:
    pairs, machine = [], ""
    for row in _rows(file):
        if len(row) == 1:
            machine = row[0]
        else:
            pairs.append((machine, row[0], row[1]))
    return pairs


def _rows(file: Path) -> list[list[str]]:
    return [row for _, row in read_lines(file, "list of original names", official=True)]
