"""INPUT... of the commands: files, folders and tables, with the domains that names or columns tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from offkey.audio import find_clips
from offkey.datasets.names import parse_name
from offkey.errors import UsageError

__all__ = ["ReadInputs", "read_inputs"]

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".parquet"})


@dataclass(frozen=True)
class ReadInputs:
    """The clips that a command is to work on.

    Parameters
    ----------
    files : list of Path
        The clips.
    domains : list of str or None
        The domain of each, where all tell one and there is more than one.
    """

    files: list[Path]
    domains: list[str] | None


def read_inputs(inputs: Sequence[str]) -> ReadInputs:
    """List the clips that INPUT... stands for.

    Raises
    ------
    UsageError
        If an input does not exist or holds no clip, or is a URL.
    DataError
        If a table is not as it must be.
    """
    domain_of: dict[Path, str | None] = {}
    for text in inputs:
        path = Path(text)
        if "://" in text:
            raise UsageError(f"{text} is a URL: name an engine with --engine, and --run for the parts of its run.")
        if path.suffix.lower() in TABLE_SUFFIXES and path.is_file():
            from offkey.datasets.table import read_table

            for row in read_table(path).select("file", "domain").iter_rows():
                domain_of[Path(row[0])] = row[1]
        else:
            domain_of.update({clip: parse_name(clip).domain for clip in find_clips([path])})
    domains = list(domain_of.values())
    told = len(set(domains)) > 1 and None not in domains
    return ReadInputs(list(domain_of), [str(domain) for domain in domains] if told else None)
