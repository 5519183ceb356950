"""INPUT... of the commands: files, folders and tables, with the domains that names or columns tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from offkey.audio import find_clips
from offkey.datasets.names import parse_name
from offkey.errors import UsageError
from offkey.features.learning import Origin

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
    origins : list of Origin
        Where each comes from, as far as names or columns tell.
    """

    files: list[Path]
    domains: list[str] | None
    origins: list[Origin]


def read_inputs(inputs: Sequence[str]) -> ReadInputs:
    """List the clips that INPUT... stands for.

    Raises
    ------
    UsageError
        If an input does not exist or holds no clip, or is a URL.
    DataError
        If a table is not as it must be.
    """
    told: dict[Path, tuple[str | None, Origin]] = {}
    for text in inputs:
        path = Path(text)
        if "://" in text:
            raise UsageError(f"{text} is a URL: name an engine with --engine, and --run for the parts of its run.")
        if path.suffix.lower() in TABLE_SUFFIXES and path.is_file():
            from offkey.datasets.table import read_table

            columns = read_table(path).select("file", "domain", "machine", "section", "attributes")
            told |= {Path(file): (domain, Origin(*origin)) for file, domain, *origin in columns.iter_rows()}
        else:
            for clip in find_clips([path]):
                name = parse_name(clip)
                told[clip] = name.domain, Origin(name.machine, name.section, name.attributes)
    domains = [domain for domain, _ in told.values()]
    known = len(set(domains)) > 1 and None not in domains
    origins = [origin for _, origin in told.values()]
    return ReadInputs(list(told), [str(domain) for domain in domains] if known else None, origins)
