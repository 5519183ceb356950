"""Fetching and unpacking public data sets, so that `read_dataset` finds them.

Archives come from Zenodo, with the MD5 sums of its records. What is done stands in ``.downloaded.json`` in
the data set's folder, so that the same command goes on where it was stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from offkey.datasets.archives import find_archives
from offkey.datasets.editions.published import Archive
from offkey.datasets.transfer import fetch
from offkey.datasets.unpack import unpack
from offkey.datasets.zenodo import ZENODO, RemoteFile, record_files
from offkey.errors import DataError, UsageError
from offkey.files import atomic_text

__all__ = ["Download", "download", "plan"]

_DONE = ".downloaded.json"

Progress = Callable[[str, int], Callable[[int], None]]


@dataclass(frozen=True)
class Download:
    """An archive that is to be fetched, or was."""

    archive: Archive
    remote: RemoteFile
    done: bool


def plan(
    dataset: str,
    folder: str | PathLike[str],
    *,
    machines: Sequence[str] | None = None,
    parts: Sequence[str] | None = None,
    server: str = ZENODO,
) -> list[Download]:
    """Find out what is to be fetched and how large it is."""
    archives = find_archives(dataset, machines, parts)
    records = {record: record_files(record, server=server) for record in dict.fromkeys(a.record for a in archives)}
    done = _read_done(Path(folder))
    downloads = []
    for archive in archives:
        files = records[archive.record]
        if archive.name not in files:
            doubt = "" if archive.confirmed else " (a name that the organisers did not confirm)"
            raise DataError(
                f"The record {archive.record} has no file {archive.name}{doubt}: it has {', '.join(files) or 'none'}."
            )
        remote = files[archive.name]
        if archive.md5 not in (None, remote.md5):
            raise DataError(
                f"{archive.name} in the record {archive.record} must have the MD5 sum {archive.md5}, "
                f"but {server} says {remote.md5}: it is another file than the edition's."
            )
        before = done.get(f"{archive.record}/{archive.name}", {})
        there = before.get("md5") == remote.md5 and all(
            (Path(folder) / top).exists() for top in before.get("unpacked", ())
        )
        downloads.append(Download(archive, remote, there))
    return downloads


def download(
    dataset: str,
    folder: str | PathLike[str],
    *,
    machines: Sequence[str] | None = None,
    parts: Sequence[str] | None = None,
    server: str = ZENODO,
    keep: bool = False,
    progress: Progress = lambda name, total: lambda n: None,
) -> list[Download]:
    """Fetch and unpack a data set, or go on with it.

    `progress`: called with what begins and its bytes; what it returns is called with the bytes that are done.
    """
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise UsageError(f"The data set's folder {root} is a file: name a folder.")
    downloads = plan(dataset, root, machines=machines, parts=parts, server=server)
    for one in downloads:
        if one.done:
            continue
        target = root / ".archives" / one.remote.name
        path = fetch(one.remote, target, advance=progress(f"Fetching {one.remote.name}", one.remote.size))
        into = root / one.archive.folder
        names = unpack(path, into, advance=progress(f"Unpacking {one.remote.name}", one.remote.size))
        tops = sorted({f"{one.archive.folder}/{'/'.join(name.split('/')[:2])}" for name in names})
        _mark_done(root, one, tops)
        if not keep:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    return downloads


def _read_done(root: Path) -> dict[str, Any]:
    path = root / _DONE
    if not path.exists():
        return {}
    try:
        done = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}; delete it to fetch everything anew.") from error
    return done if isinstance(done, dict) else {}


def _mark_done(root: Path, one: Download, unpacked: list[str]) -> None:
    done = _read_done(root)
    done[f"{one.archive.record}/{one.archive.name}"] = {"md5": one.remote.md5, "unpacked": unpacked}
    with atomic_text(root / _DONE) as file:
        json.dump(done, file, indent=1)
