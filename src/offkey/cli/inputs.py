"""INPUT... of the commands: files, folders and tables, with the labels and origins in names or columns."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from offkey.audio import ClipFinder, is_folder
from offkey.datasets.names import parse_name
from offkey.datasets.path_labels import PathLabel, path_label
from offkey.errors import DataError, UsageError
from offkey.features.learning import Origin

if TYPE_CHECKING:
    from offkey.model.fitting.training_set import Choice

__all__ = ["InputClip", "ReadInputs", "by_name", "groups_of", "read_inputs"]

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".parquet"})


@dataclass(frozen=True)
class InputClip:
    """An input clip, with what names or the columns of a table say of it."""

    file: Path
    domain: str | None
    origin: Origin
    label: PathLabel | None
    split: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)  # all cells of its row, of a table


@dataclass(frozen=True)
class ReadInputs:
    """The input clips, each once, however its path is spelt."""

    clips: list[InputClip]
    notes: list[str]  # for the user, on files that are not among them

    @property
    def files(self) -> list[Path]:
        """The clips."""
        return [clip.file for clip in self.clips]

    @property
    def domains(self) -> list[str] | None:
        """The domain of each clip, if all are known and differ."""
        rows = [clip.domain for clip in self.clips if clip.domain is not None]
        return rows if len(rows) == len(self.clips) and len(set(rows)) > 1 else None

    @property
    def origins(self) -> list[Origin]:
        """The origin of each clip, as far as names or columns give it."""
        return [clip.origin for clip in self.clips]

    def to_learn(self, *, include_labelled_anomalies: bool) -> tuple[ReadInputs, Choice]:
        """Return the clips to learn as normal, and the choice; see `choose`."""
        from offkey.model.fitting.training_set import choose
        from offkey.tables import path_text

        chosen = choose(
            [path_text(clip.file) for clip in self.clips],
            [clip.label for clip in self.clips],
            [clip.split for clip in self.clips],
            include_labelled_anomalies=include_labelled_anomalies,
        )
        return ReadInputs(chosen.of(self.clips), self.notes), chosen.with_notes(self.notes)


def read_inputs(inputs: Sequence[str]) -> ReadInputs:
    """List the clips of INPUT...; a UsageError if an input is empty, does not exist, holds no clip, or is a URL."""
    rows: dict[str, InputClip] = {}
    finder = ClipFinder()
    folders = [text for text in inputs if is_folder(text)]
    for text in inputs:
        path = Path(text)
        if "://" in text:
            raise UsageError(f"{text} is a URL: name an engine with --engine, and --run for the parts of its run.")
        if path.suffix.lower() in TABLE_SUFFIXES and os.path.isfile(path):  # noqa: PTH113 - no name is too long for it
            rows |= {finder.place(clip.file): clip for clip in _in_table(path)}
        else:
            for file in finder.find(text):
                rows.setdefault(finder.place(file), by_name(file, folders))
    return ReadInputs(list(rows.values()), finder.notes())


def _in_table(path: Path) -> list[InputClip]:
    """Read a table; where its column has no label, names may give one."""
    from offkey.datasets.table import read_table
    from offkey.tables import path_of

    clips = []
    for row in read_table(path).iter_rows(named=True):
        name, value = row["file"], row["label"]
        by_column = PathLabel(value, f"the column 'label' of {path}") if value else None
        label = by_column or path_label(name, [path.parent])
        origin = Origin(row["machine"], row["section"], row["attributes"])
        clips.append(InputClip(path_of(name), row["domain"], origin, label, row["split"], row))
    return clips


def by_name(clip: Path | str, folders: Sequence[str]) -> InputClip:
    """Return the clip of a path or URL, with the label in its path; see `path_label`."""
    name = parse_name(clip)
    origin = Origin(name.machine, name.section, name.attributes)
    return InputClip(Path(clip), name.domain, origin, path_label(clip, folders))


def groups_of(names: Sequence[str], clips: Sequence[InputClip], by: str | None) -> list[str] | None:
    """Return the group of each clip by its name or by a column of its table; see `group_names`."""
    from offkey.datasets.grouping import group_names

    cells = [clip.columns.get(by) for clip in clips] if by is not None else []
    told = [str(cell) for cell in cells if cell is not None]
    if not told:
        return None if by is None else group_names(names, by)
    if len(told) < len(cells):
        raise DataError(
            f"The column {by!r} must hold the group of each clip to group by it; it is empty for "
            f"{len(cells) - len(told)} of {len(cells)} clips, the first {names[cells.index(None)]}."
        )
    return told
