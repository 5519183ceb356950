"""What a plant writes a day, and how large its database grows while it is thinned out.

    python -m benchmarks.keeping [--machines 20]

Scores are written as the monitor does, two minutes of all machines at a time. The size is that of one machine times the
number of machines, a day written at once; it is thinned out once a week here, and each day by a monitor.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables import print_goal, print_head, print_row
from offkey.watch.findings import Findings
from offkey.watch.minutes import Minute
from offkey.watch.store.store import Store
from offkey.watch.store.thinning import thin

__all__ = ["growth", "main", "written_mb"]

START, DAY_S = 1_800_000_000 // 86_400 * 86_400, 86_400
HOPS_S = (1, 2, 5, 10)
AGES_DAYS = (30, 365, 800)
SCORES_DAYS, THINNED_EVERY = 730.0, 7
MOST_MB = 50.0


def minute(machine: int, at: int, hop_s: int, *, in_shadow: bool) -> Minute:
    """Return a row as long as those of a monitor."""
    windows = 60 // hop_s
    surprises = bytes(4 * windows) if in_shadow else None
    return Minute(f"machine {machine}", "0123456789abcdef every 1 s", at, windows, 0, 0.1, 0.2, 0.3, surprises)


def written_mb(machines: int, hop_s: int, *, in_shadow: bool, minutes: int = 1440) -> float:
    """Return what a day of scores makes this process write to the disk, in MB."""
    with TemporaryDirectory(dir=".") as folder, closing(Store(Path(folder) / "plant.db")) as store:
        before = _write_bytes()
        for first in range(0, minutes, 2):
            times = (START + 60 * first, START + 60 * first + 60)
            rows = [minute(number, at, hop_s, in_shadow=in_shadow) for at in times for number in range(machines)]
            store.write(Findings(minutes=rows))
        return (_write_bytes() - before) / 1e6


def growth(days: Sequence[int]) -> tuple[list[float], float]:
    """Return the size of the database of a machine after so many days, in MB, and the longest step in seconds."""
    sizes, longest = [], 0.0
    with TemporaryDirectory(dir=".") as folder, closing(Store(Path(folder) / "plant.db")) as store:
        for day in range(1, days[-1] + 1):
            begin = START + (day - 1) * DAY_S
            rows = [minute(0, at, 1, in_shadow=False) for at in range(begin, begin + DAY_S, 60)]
            store.write(Findings(minutes=rows))
            if day % THINNED_EVERY and day not in days:
                continue
            began = time.perf_counter()
            for _ in thin(store.database, float(begin + DAY_S), SCORES_DAYS):
                longest, began = max(longest, time.perf_counter() - began), time.perf_counter()
            if day in days:
                sizes.append(store.database.size_bytes() / 1e6)
    return sizes, longest


def _write_bytes() -> int:
    return int(Path("/proc/self/io").read_text().partition("\nwrite_bytes: ")[2].split()[0])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/watch_keeping.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machines", type=int, default=20)
    args = parser.parse_args(arguments)
    print(f"\n{args.machines} machines:\n")
    print_head("hop", "written a day", "in the shadow")
    most = 0.0
    for hop_s in HOPS_S:
        armed, shadow = (written_mb(args.machines, hop_s, in_shadow=in_shadow) for in_shadow in (False, True))
        print_row(f"{hop_s} s", f"{armed:.0f} MB", f"{shadow:.0f} MB")
        most = max(most, armed, shadow)
    print()
    print_goal("written a day", most, MOST_MB, unit="MB")
    print()
    sizes, longest = growth(AGES_DAYS)
    print_head("days", "database")
    for days, size in zip(AGES_DAYS, sizes, strict=True):
        print_row(str(days), f"{size * args.machines:.0f} MB")
    print(f"\nThe longest step of thinning out took {1000 * longest:.0f} ms.")


if __name__ == "__main__":
    main()
