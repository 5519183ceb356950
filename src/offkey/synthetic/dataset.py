"""A plant written as a data set: WAV files in a known layout, and the truth about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from os import PathLike
from pathlib import Path

import numpy as np

from offkey.components import Interval, OneOf, SequenceOf
from offkey.errors import ParameterError, UsageError
from offkey.files import atomic_binary, atomic_text
from offkey.synthetic.arguments import check
from offkey.synthetic.clip import SyntheticClip
from offkey.synthetic.layouts import LAYOUTS, Layout, Place
from offkey.synthetic.orders import ClipPlan, Counts, plan_clips
from offkey.synthetic.plant import Plant, machines
from offkey.tables import csv_writer
from offkey.work.thread_pool import Threads

__all__ = ["TRUTH_COLUMNS", "write_dataset"]

TRUTH_COLUMNS = (
    *("file", "machine", "id", "domain", "load", "label"),
    *("fault", "severity", "start_s", "end_s", "low_hz", "high_hz"),
)
"""The columns of ``truth.csv``; `start_s` and `end_s` hold as many numbers as there are stretches, parted by spaces."""


def write_dataset(
    folder: str | PathLike[str],
    plant: Plant,
    *,
    of: Sequence[str] | None = None,
    machine_ids: Sequence[int] = (0,),
    counts: Counts | None = None,
    severity: tuple[float, float] = (0.5, 1.0),
    layout: str = "dcase2020",
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write clips of a plant as a data set.

    Each WAV file has 16 bit and appears whole or not at all; the table of the truth is written last.
    A machine's faults take turns among its anomalous clips.

    `folder`: where to write; a new or empty folder.
    `of`: which machines; all by default.
    `severity`: between which two severities each fault is drawn, more than 0 and up to 1.
    `layout`: ``"dcase2020"`` (``fan/train/normal_id_00_00000000.wav``) or ``"dcase2023"``
        (``fan/train/section_00_source_train_normal_0000_load_41.wav`` and ``fan/attributes_00.csv``).
    `jobs`: how many clips are made at the same time, 1 to 64; the files are the same.
    Returns: ``truth.csv`` in the folder, with the columns `TRUTH_COLUMNS`, one row per clip.
    """
    names, counts, root = list(machines() if of is None else of), counts or Counts(), Path(folder)
    _check(names, machine_ids, counts, severity, layout, jobs)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UsageError(f"{root} is not an empty folder: expected a new or empty one to write the data set to.")
    wanted = [o for m in names for i in machine_ids for o in plan_clips(plant.seed, m, i, counts, severity)]
    style, rows, attributes = LAYOUTS[layout], [], []

    def make(numbered: tuple[ClipPlan, int]) -> tuple[Place, str, list[str]]:
        order, index = numbered
        clip = plant.clip(
            order.machine,
            order.machine_id,
            order.number,
            fault=order.fault,
            severity=order.severity,
            domain=order.domain,
        )
        place = Place(order.machine, order.machine_id, order.domain, order.split, order.label, index, clip.load)
        file = style.path(place)
        _write_wav(root / file, clip)
        return place, file, _truth_row(file, order.label, clip)

    numbered = zip(wanted, _indices(wanted, style), strict=True)
    with closing(Threads(jobs).read(make, numbered)) as made:  # one that is stopped leaves at once
        for place, file, row in made:
            rows.append(row)
            attributes.append((place, file))
            if progress is not None:
                progress(len(rows), len(wanted))
    if style.attributes:
        _write_attributes(root, attributes)
    return _write_table(root / "truth.csv", TRUTH_COLUMNS, rows)


def _check(
    names: Sequence[str],
    machine_ids: Sequence[int],
    counts: Counts,
    severity: tuple[float, float],
    layout: str,
    jobs: int,
) -> None:
    check("of", names, SequenceOf(OneOf(tuple(machines()))))
    check("machine_ids", machine_ids, SequenceOf(Interval(int, 0, 99)))
    check("severity", severity, SequenceOf(Interval(float, 0.0, 1.0, open_low=True)))
    check("layout", layout, OneOf(tuple(LAYOUTS)))
    check("jobs", jobs, Interval(int, 1, 64))
    counts.check()
    for name, values in (("of", names), ("machine_ids", machine_ids)):
        if len(set(values)) < len(values):
            raise ParameterError(f"The argument '{name}' must not name anything twice. Got {values!r} instead.")
    if len(severity) != 2 or severity[0] > severity[1]:
        raise ParameterError(f"The argument 'severity' must be a lower and an upper limit. Got {severity!r} instead.")


def _indices(wanted: Sequence[ClipPlan], style: Layout) -> list[int]:
    """Count the clips that share all that a layout shows."""
    used: Counter[tuple[str | int, ...]] = Counter()
    indices = []
    for order in wanted:
        shown = order.domain if style.shows_domain else ""
        kind = (order.machine, order.machine_id, order.split, order.label, shown)
        indices.append(used[kind])
        used[kind] += 1
    return indices


def _write_wav(path: Path, clip: SyntheticClip) -> None:
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    whole = np.round(np.clip(clip.samples, -1.0, 1.0) * 32767.0).astype(np.int16)
    with atomic_binary(path) as file:
        soundfile.write(file, whole, clip.rate, subtype="PCM_16", format="WAV")


def _truth_row(file: str, label: str, clip: SyntheticClip) -> list[str]:
    row = [file, clip.machine, f"{clip.machine_id:02d}", clip.domain, f"{clip.load:.4f}", label]
    if clip.fault is None:
        return [*row, "", "", "", "", "", ""]
    starts, ends = (" ".join(f"{span[side]:.3f}" for span in clip.fault.spans) for side in (0, 1))
    low_hz, high_hz = clip.fault.band
    return [*row, clip.fault.name, f"{clip.fault.severity:.4f}", starts, ends, f"{low_hz:.1f}", f"{high_hz:.1f}"]


def _write_attributes(root: Path, clips: Sequence[tuple[Place, str]]) -> None:
    tables: dict[Path, list[list[str]]] = {}
    for place, file in clips:
        table = root / place.machine / f"attributes_{place.machine_id:02d}.csv"
        tables.setdefault(table, []).append([file, *place.attribute])
    for table, rows in tables.items():
        _write_table(table, ("file_name", "d1p", "d1v"), rows)


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_text(path) as file:
        writer = csv_writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path
