"""The check of a data set: whether all of it is there, and every clip fit to be used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from offkey.audio.find import search_folder, unread_notes
from offkey.datasets.comparison import Comparison, compare
from offkey.datasets.editions import published_set
from offkey.datasets.inspection import Inspection, inspect_clips
from offkey.datasets.readers import read_dataset
from offkey.listing import listing
from offkey.tables import path_text

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CheckResult", "check_dataset", "check_table"]

_CELL = ("part", "machine", "section", "snr_db", "domain", "split", "label")


@dataclass(frozen=True)
class CheckResult:
    """The result of the check of a data set.

    Parameters
    ----------
    dataset : str
        Name of the data set.
    clips : int
        Number of clips.
    counts : list of dict
        Number of clips, ``n``, by part, machine, section, SNR, domain, split and label.
    problems : list of str
        Faults, one sentence each.
    notes : list of str
        Remarks that are no faults, such as missing machines.
    verdict : str
        One sentence.
    seconds : dict of str to float
        Shortest, median and longest duration, and the total, in seconds.
    rates, channels : dict of int to int
        Number of clips by rate in Hz, and by number of channels.
    clipped : list of str
        Files with samples clipped at full scale.

    Examples
    --------
    >>> from offkey.datasets import check_dataset
    >>> sum(row["n"] for row in check_dataset("dcase2020", "dcase2020").counts)
    144
    """

    dataset: str
    clips: int
    counts: list[dict[str, Any]]
    problems: list[str]
    notes: list[str]
    verdict: str
    seconds: dict[str, float]
    rates: dict[int, int]
    channels: dict[int, int]
    clipped: list[str]

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "dataset": self.dataset,
            "clips": self.clips,
            "counts": self.counts,
            "problems": self.problems,
            "notes": self.notes,
            "verdict": self.verdict,
            "seconds": self.seconds,
            "rates": {str(rate): n for rate, n in self.rates.items()},
            "channels": {str(channels): n for channels, n in self.channels.items()},
            "clipped": self.clipped,
        }


def check_dataset(
    dataset: str,
    root: str | PathLike[str],
    *,
    machines: Sequence[str] | None = None,
    ground_truth: str | PathLike[str] | None = None,
    jobs: int | None = None,
    progress: Callable[[int], Callable[[], None]] = lambda total: lambda: None,
) -> CheckResult:
    """Check that a data set is complete and that every clip can be used.

    Parameters
    ----------
    dataset, root, machines, ground_truth
        As in `offkey.datasets.readers.read_dataset`.
    jobs : int, optional
        Number of clips read in parallel; by default one per processor.
    progress : callable, optional
        Called once with the number of clips; returns a function to call after each clip.

    Returns
    -------
    CheckResult
        Differences from the published counts; durations, rates, channels, clipping, digital silence, exact duplicates
        and unreadable files.

    Raises
    ------
    UsageError, DataError
        As for `read_dataset`.

    Examples
    --------
    >>> from offkey.datasets import check_dataset
    >>> check_dataset("dcase2020", "dcase2020").rates
    {16000: 144}
    """
    table = read_dataset(dataset, root, machines=machines, ground_truth=ground_truth)
    files = table["file"].to_list()
    inspections = inspect_clips(files, jobs=jobs, advance=progress(len(files)))
    return check_table(dataset, root, table, inspections, machines=machines)


def check_table(
    dataset: str,
    root: str | PathLike[str],
    table: pl.DataFrame,
    inspections: Sequence[Inspection],
    *,
    machines: Sequence[str] | None = None,
) -> CheckResult:
    """Say what is found in a data set whose clips were looked into already."""
    compared = compare(dataset, table, machines)
    there, unread = search_folder(Path(root)) if Path(root).is_dir() else ([], [])
    readable = [one for one in inspections if one.error is None]
    problems = [*compared.problems, *_faults(dataset, inspections, Path(root)), *unread_notes(unread)]
    notes = [*compared.notes, *_remarks(dataset, table, Path(root), readable, there), *_absences(compared)]
    return CheckResult(
        dataset=dataset,
        clips=len(table),
        counts=_counts(table),
        problems=problems,
        notes=notes,
        verdict=_verdict(dataset, problems, compared),
        seconds=_durations(readable),
        rates=dict(Counter(one.rate for one in readable).most_common()),
        channels=dict(Counter(one.channels for one in readable).most_common()),
        clipped=[one.file for one in readable if one.clipped],
    )


def _counts(table: pl.DataFrame) -> list[dict[str, Any]]:
    counted = Counter(table.select(*_CELL).iter_rows())
    ordered = sorted(counted.items(), key=lambda item: [(value is not None, value) for value in item[0]])
    return [{**dict(zip(_CELL, cell, strict=True)), "n": n} for cell, n in ordered]


def _faults(dataset: str, inspections: Sequence[Inspection], root: Path) -> list[str]:
    """Return what makes clips unfit."""
    faults = [one.error for one in inspections if one.error]
    readable = [one for one in inspections if not one.error]
    for one in readable:
        if one.silent_channels:
            which = f"channel {', '.join(map(str, one.silent_channels))} is" if one.channels > 1 else "it is"
            faults.append(f"{one.file}: {which} digital silence.")
    by_digest = defaultdict(list)
    for one in readable:
        by_digest[one.digest].append(one.file)
    doubled = [same for same in by_digest.values() if len(same) > 1]
    faults.extend(f"{_listed(same, root)} are the same file." for same in doubled)
    expected = published_set(dataset).recordings
    if expected is None:
        return faults
    for what, files in (
        (f"not sampled at {expected.rate} Hz", [one.file for one in readable if one.rate != expected.rate]),
        (f"not of {expected.channels} channel(s)", [one.file for one in readable if one.channels != expected.channels]),
        (f"longer than {expected.longest_s:g} s", [one.file for one in readable if one.seconds > expected.longest_s]),
    ):
        if files:
            faults.append(f"{len(files)} clips are {what}, as {dataset} is published: {_listed(files, root)}.")
    return faults


def _remarks(
    dataset: str, table: pl.DataFrame, root: Path, readable: list[Inspection], there: Sequence[Path]
) -> list[str]:
    """Return what is worth knowing, also of clips that are there and not of the set."""
    remarks = []
    clipped = [one.file for one in readable if one.clipped]
    if clipped:
        remarks.append(f"{len(clipped)} clips have samples cut off at full scale: {_listed(clipped, root)}.")
    if published_set(dataset).recordings is None:
        for name, values in (
            ("rates", {one.rate for one in readable}),
            ("channels", {one.channels for one in readable}),
        ):
            if len(values) > 1:
                remarks.append(f"The clips have different {name}: {', '.join(map(str, sorted(values)))}.")
    secret = len(table.filter(table["label"].is_null() & table["supplement"].is_null()))
    if secret:
        remarks.append(
            f"{secret} clips have no label (normal or anomaly). That is fine for listening; to measure a model, label "
            "some, or give the organisers' ground truth of an evaluation set."
        )
    known = set(table["file"])
    others = [name for clip in there if (name := path_text(clip)) not in known]
    if others:
        remarks.append(f"{len(others)} sound files are not of the set that was read: {_listed(others, root)}.")
    return remarks


def _absences(compared: Comparison) -> list[str]:
    names = {"dev": "development", "additional": "additional training", "eval": "evaluation"}
    return [f"Not there, {names[part]} set: {', '.join(machines)}." for part, machines in compared.absent.items()]


def _verdict(dataset: str, problems: list[str], compared: Comparison) -> str:
    if problems:
        return f"There {'is 1 problem' if len(problems) == 1 else f'are {len(problems)} problems'} with this set."
    if not published_set(dataset).cells:
        return "Every clip is fit to be used; no counts are published for this set."
    if compared.notes:
        return "Every clip is fit to be used; whether all are there is in doubt, see the notes."
    if compared.absent:
        return "What is there is complete and every clip is fit to be used; parts of the set are not there."
    return "The set is complete and every clip is fit to be used."


def _durations(readable: list[Inspection]) -> dict[str, float]:
    seconds = [one.seconds for one in readable]
    if not seconds:
        return {}
    return {"shortest": min(seconds), "median": median(seconds), "longest": max(seconds), "total": sum(seconds)}


def _listed(files: list[str], root: Path) -> str:
    """Name the first few files, beneath the root."""
    return listing(str(Path(file).relative_to(root)) if Path(file).is_relative_to(root) else file for file in files)
