"""The choice of the given clips that may be learnt from as normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TypeVar

from offkey.audio import is_folder
from offkey.datasets.path_labels import PathLabel, path_label
from offkey.errors import DataError
from offkey.hearing.inputs import Clips
from offkey.hearing.source import Source, source_name

__all__ = ["NOT_LEARNT", "Choice", "choose", "choose_by_name"]

T = TypeVar("T")

NOT_LEARNT = frozenset({"validation", "test"})
"""Splits of a table that a model is chosen or tested by, and never learns from."""


@dataclass(frozen=True)
class Choice:
    """The clips that are learnt from, of those that were given."""

    rows: list[int]
    left_out: list[tuple[str, str]]
    notes: list[str]

    def of(self, values: Sequence[T]) -> list[T]:
        """Return what belongs to the clips that are learnt from, of a value for each clip that was given."""
        return [values[row] for row in self.rows]

    def with_notes(self, notes: Sequence[str]) -> Choice:
        """Return the same choice with more notes for the user, before the rest."""
        return Choice(self.rows, self.left_out, [*notes, *self.notes])


def choose(
    names: Sequence[str],
    labels: Sequence[PathLabel | None],
    splits: Sequence[str | None] | None = None,
    *,
    include_labelled_anomalies: bool = False,
) -> Choice:
    """Leave out the clips that are called anomalous, and those of splits that are not for learning."""
    rows, left_out, anomalous = list[int](), list[tuple[str, str]](), 0
    for row, (name, told) in enumerate(zip(names, labels, strict=True)):
        split = splits[row] if splits is not None else None
        if split in NOT_LEARNT:
            left_out.append((name, f"it belongs to the split '{split}', which no model learns from"))
        elif told is not None and told.label == "anomaly" and not include_labelled_anomalies:
            left_out.append((name, f"{told.by} calls it anomalous"))
            anomalous += 1
        else:
            rows.append(row)
    if not rows and names:
        first = left_out[0]
        hint = "; --include-labelled-anomalies learns from those called anomalous all the same" if anomalous else ""
        raise DataError(
            f"None of the {len(names)} clips is there to learn from: {anomalous} are called anomalous, "
            f"{len(names) - anomalous} belong to other splits than 'train' (the first, {first[0]}: {first[1]}){hint}."
        )
    return Choice(rows, left_out, [_note(anomalous, len(names))] if anomalous else [])


def choose_by_name(sources: Sequence[Source], given: Clips, *, include_labelled_anomalies: bool = False) -> Choice:
    """Leave out the clips that names and folders call anomalous; see `choose`.

    `given`: what they were found in; of folders that were given, what lies below them counts.
    """
    each = given if isinstance(given, list | tuple) else [given]
    folders = [path for path in each if isinstance(path, str | PathLike) and is_folder(path)]
    labels = [path_label(source, folders) if isinstance(source, Path) else None for source in sources]
    names = [source_name(source) for source in sources]
    return choose(names, labels, include_labelled_anomalies=include_labelled_anomalies)


def _note(anomalous: int, given: int) -> str:
    return (
        f"{anomalous} of {given} clips are called anomalous and were not learnt from. To learn from them all the same, "
        "give --include-labelled-anomalies, or include_labelled_anomalies=True."
    )
