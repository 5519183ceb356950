"""The outputs of ``offkey features``: a table, Parquet parts, or an array per clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offkey.audio import is_folder
from offkey.cli.console import progress, say, say_first
from offkey.cli.engine_options import list_clips, make_run_executor, steps
from offkey.errors import UsageError
from offkey.listing import counted

if TYPE_CHECKING:
    import polars as pl

    from offkey.hearing.batch import ClipFeatures
    from offkey.hearing.extractor import Extractor
    from offkey.hearing.identity import Identity
    from offkey.model import ModelConfig

__all__ = ["CLIPS", "extract_here", "extract_in_parts", "list_for_features", "write_clip_arrays"]

CLIPS = "clips.csv"
"""The table of clips in a folder of arrays."""


@dataclass(frozen=True)
class _Listed:
    """The clips to be heard."""

    clips: list[Identity]
    table: pl.DataFrame | None  # of the data set, with its columns
    roots: list[Path]  # the folders below which clips have their place
    notes: list[str]


def list_for_features(inputs: Sequence[str], dataset: str | None, machines: Sequence[str] | None) -> _Listed:
    """List the clips of INPUT..., or of one data set with all that is known of them."""
    if dataset is None:
        listing = list_clips(inputs)
        folders = [Path(text) if is_folder(text) else Path(text).parent for text in inputs]
        return _Listed(listing.clips, None, folders, listing.notes)
    from offkey.audio.find import search_folder, unread_notes
    from offkey.datasets import read_dataset
    from offkey.hearing.clips import identify_clips
    from offkey.hearing.named_table import paths_of_table

    root = Path(inputs[0])
    table = read_dataset(dataset, root, machines=machines)
    notes = unread_notes(search_folder(root)[1]) if root.is_dir() else []
    return _Listed(identify_clips(paths_of_table(table)), table, [root if root.is_dir() else root.parent], notes)


def extract_here(extractor: Extractor, listed: _Listed, out: Path, jobs: int | None) -> dict[str, Any]:
    """Write the table of features, with all clips heard in this process."""
    with progress("Hearing", len(listed.clips)) as advance:
        sources = [clip.source() for clip in listed.clips]
        return _write_table(extractor, extractor.extract_all(sources, jobs=jobs, advance=advance), listed.table, out)


def extract_in_parts(
    extractor: Extractor,
    config: ModelConfig,
    listed: _Listed,
    out: Path | None,
    where: tuple[str, str, int | None, str | None],
) -> dict[str, Any]:
    """Write Parquet parts, and gather them in a table if one is asked for.

    `where`: engine, folder of the run, workers and address.
    """
    from offkey.scale.jobs import FeatureJob, features
    from offkey.work.runs import run_job

    executor, folder = make_run_executor(*where)
    with steps("Hearing", len(listed.clips)) as step:
        job = FeatureJob(config.model_dump_json(), extractor.rate)
        done = run_job(job, listed.clips, folder, executor, advance=step)
    rows = errors = 0
    for part in done.tables():
        rows += len(part)
        errors += len(part) - part["error"].null_count()
    say(
        f"{done.folder}: {counted(len(done.parts), 'part')}, {done.reused} of them there before; "
        f"{counted(rows, 'row')}, {counted(errors, 'error')}."
    )
    report = {"run": done.folder, "shards": len(done.parts), "reused": done.reused, "rows": rows, "errors": errors}
    return report if out is None else {**report, **_write_table(extractor, features(done), listed.table, out)}


def write_clip_arrays(extractor: Extractor, listed: _Listed, out: Path, jobs: int | None) -> dict[str, Any]:
    """Write an array per clip, and the table that says which belongs to which clip."""
    from offkey.datasets.table import write_table
    from offkey.hearing.clip_arrays import array_paths, write_arrays
    from offkey.hearing.named_table import join_clips
    from offkey.tables.polars_extra import pl

    name = extractor.front_end.name
    if not extractor.front_end.row_names(extractor.rate):
        raise UsageError(f"The front end '{name}' describes a clip as a whole: --per-clip needs one with frames.")
    clips = [source for clip in listed.clips if isinstance(source := clip.source(), Path)]
    if len(clips) < len(listed.clips):
        raise UsageError("The option --per-clip reads files of this machine: fetch the objects of the store first.")
    with progress("Hearing", len(clips)) as advance:
        paths = array_paths(clips, listed.roots, out)
        arrays = write_arrays(extractor, clips, paths, out, jobs=jobs, advance=advance)
    rows = [
        (one.clip, None if one.error else one.path.relative_to(out).as_posix(), one.frames, one.error) for one in arrays
    ]
    schema = {"file": pl.String, "array": pl.String, "frames": pl.Int64, "error": pl.String}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    write_table(join_clips(listed.table, table), out / CLIPS)
    written, errors = _say_errors(table, out / CLIPS)
    there = sum(one.was_there for one in arrays)
    say(
        f"{out}: {counted(written, 'array')}, {there} of them there before; {counted(errors, 'error')}. "
        f"{CLIPS} names the clip of each."
    )
    return {"out": str(out), "rows": len(arrays), "errors": errors, "reused": there}


def _write_table(
    extractor: Extractor, extracted: Iterable[ClipFeatures], listed: pl.DataFrame | None, out: Path
) -> dict[str, Any]:
    """Write the table of features."""
    from offkey.datasets.table import write_table
    from offkey.hearing.named_table import named_table

    names = extractor.feature_names()
    table = named_table(names, extracted, listed)
    write_table(table, out)
    _, errors = _say_errors(table, out)
    say(f"{out}: {counted(len(table), 'row')} with {counted(len(names), 'feature')}; {counted(errors, 'error')}.")
    return {"out": str(out), "rows": len(table), "errors": errors, "features": names}


def _say_errors(table: pl.DataFrame, out: Path) -> tuple[int, int]:
    """Say the first errors; return the number of rows without one, and with one."""
    errors = table["error"].drop_nulls().to_list()
    say_first("error", errors, f": see the column 'error' of {out}")
    return len(table) - len(errors), len(errors)
