"""The parts of a run summed up by its executor, bundle by bundle, until one summary is left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from offkey._version import __version__
from offkey.hearing.batch import ClipFeatures
from offkey.hearing.clip_table import clips_of
from offkey.hearing.identity import Identity
from offkey.listing import listing
from offkey.scale.summary import Summary
from offkey.work.executor import Executor
from offkey.work.runs import Done
from offkey.work.store import Store

__all__ = ["BUNDLE_PARTS", "sum_up"]

BUNDLE_PARTS = 256
"""Parts of a bundle. With 256 clips each they are six times what the usual sample keeps of them, so that a
summary costs little to store, and a million clips are 16 summaries."""

_FOLDER = "summaries"
_BLOCK = 2048  # windows whose moments are taken at once


@dataclass(frozen=True)
class Bundle:
    """Parts, or summaries of parts, that become one summary.

    `domains`: domain by name of clip, where the parts hold clips and their domains are told.
    """

    parts: tuple[str, ...]
    name: str
    domains: Mapping[str, str] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"the summary of {listing(self.parts, 1)}"


def sum_up(
    done: Done[Identity],
    executor: Executor,
    *,
    capacity: int,
    moments: bool,
    domains: Mapping[str, str] | None = None,
    bundle_parts: int = BUNDLE_PARTS,
) -> Summary:
    """Sum up the features of a run; summaries that are there already are kept."""
    target = f"{done.folder}/{_FOLDER}"
    summaries = Store(target)
    there = summaries.names()

    def work_off(source: str, bundles: list[Bundle]) -> list[str]:
        waiting = [bundle for bundle in bundles if bundle.name not in there]
        executor.run(partial(_sum_up, source, target, capacity, moments), waiting, lambda _bundle: None)
        return [bundle.name for bundle in bundles]

    about = (__version__, capacity, moments)
    bundles = []
    for some in _cut(done.parts, bundle_parts):
        known = domains and {clip.text: domains[clip.name] for part in some for clip in part.items}
        bundles.append(_bundle([part.name for part in some], about, known))
    names = work_off(done.folder, bundles)
    while len(names) > 1:
        names = work_off(target, [_bundle(some, about) for some in _cut(names, bundle_parts)])
    return Summary.of_table(summaries.read(names[0]), capacity, moments=moments)


def _cut(items: list[Any], size: int) -> Iterator[list[Any]]:
    return (items[first : first + size] for first in range(0, len(items), size))


def _bundle(parts: list[str], about: tuple[object, ...], domains: Mapping[str, str] | None = None) -> Bundle:
    digest = hashlib.sha256(json.dumps([about, parts, domains], sort_keys=True).encode())
    return Bundle(tuple(parts), f"summary-{digest.hexdigest()[:32]}.parquet", domains)


def _sum_up(source: str, target: str, capacity: int, moments: bool, bundle: Bundle) -> None:
    """Write the summary of a bundle."""
    tables = Store(source).read_all(bundle.parts)
    summary = Summary(capacity, moments)
    if source == target:
        for table in tables:
            summary.merge(Summary.of_table(table, capacity, moments=moments))
    else:
        for block in _blocks(clip for table in tables for clip in clips_of(table)):
            summary.add(block, bundle.domains)
    Store(target).write(bundle.name, summary.table())


def _blocks(clips: Iterable[ClipFeatures]) -> Iterator[list[ClipFeatures]]:
    block, windows = list[ClipFeatures](), 0
    for clip in clips:
        block.append(clip)
        windows += len(clip.windows)
        if windows >= _BLOCK:
            yield block
            block, windows = [], 0
    if block:
        yield block
