"""How long the pages of the explorer take on a data set of 30,000 clips.

    python -m benchmarks.explorer [--clips 30000] [--repeats 9]

Makes a table of clips that do not exist but for one, of seven machines, as if all had been measured; asks for each
page a few times; prints the median time of a page, and its ratio to an empty page on the same computer at the
same time. The first call of each page, which fills what is kept in memory, stands beside it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
import soundfile
from fastapi.testclient import TestClient

from offkey.datasets import make_table
from offkey.web.app import create_app
from offkey.web.explore.cache import Cache
from offkey.web.explore.explorer import Explorer
from offkey.web.explore.library import Library
from offkey.web.explore.measures import FACTS, N_BANDS, Measured
from offkey.web.explore.pages import explore_part

MACHINES = ("bearing", "fan", "gearbox", "slider", "ToyCar", "ToyTrain", "valve")
PAGES = {
    "empty (progress)": "/progress",
    "overview": "/",
    "clips": "/clips",
    "clips, last page": "/clips?page=99999",
    "clips, filtered and sorted": "/clips?machine=fan&label=anomaly&sort=level_db&order=desc",
    "clips, part of a name": "/clips?q=target_test",
    "clip": "/clips/{clip}",
    "clip, in a filtered table": "/clips/{clip}?sort=level_db",
    "pairs: anomaly and normal": "/pairs?kind=anomaly",
    "pairs: source and target": "/pairs?kind=domain",
    "pairs: alike": "/pairs?kind=alike",
    "map": "/map",
    "points of the map": "/map/points.json?colour=machine",
    "labels": "/labels",
}


def made_up(folder: Path, clips: int) -> Explorer:
    """Return an explorer of clips that do not exist, as if they had been measured."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(clips):
        machine, section = MACHINES[number % 7], f"{number // 7 % 3:02d}"
        split = "train" if number % 5 else "test"
        domain = "source" if number % 10 < 8 else "target"
        label = "anomaly" if split == "test" and number % 2 else "normal"
        name = f"section_{section}_{domain}_{split}_{label}_{number:06d}_vel_{number % 6}.wav"
        row = {"file": str(folder / machine / split / name), "machine": machine, "section": section, "domain": domain}
        rows.append({**row, "split": split, "label": label, "attributes": f"vel_{number % 6}", "part": "dev"})
    library = Library("folder", folder, make_table(rows))
    explorer = Explorer(library, Cache(folder / "cache"))
    centres = rng.normal(-50, 6, (7, N_BANDS))
    facts = dict.fromkeys(FACTS)
    for number in range(clips):
        mean = (centres[number % 7] + rng.normal(0, 2, N_BANDS)).astype(np.float32)
        told = {"seconds": 10.0, "rate": 16_000, "channels": 1, "clipped": 0, "digest": f"{number:032x}"}
        level = {"level_db": float(rng.normal(-30, 3)), "peak_db": -10.0}
        measured = Measured({**facts, **told, **level}, mean, rng.gamma(4, 0.5, N_BANDS).astype(np.float32))
        explorer.catalogue.put(number, measured, size=320_044, mtime_ns=number)
    explorer.catalogue.rate = 16_000
    explorer.catalogue.set_scores({"score": pl.Series("score", rng.normal(size=clips))})
    explorer.catalogue.publish()
    explorer.background.progress = type(explorer.progress)("", clips, clips, False)
    return explorer


def timed(call: Callable[[], object]) -> float:
    """Return how long a call takes, in milliseconds."""
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=30_000)
    parser.add_argument("--repeats", type=int, default=9)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        explorer = made_up(Path(folder), args.clips)
        client = TestClient(create_app([explore_part(explorer)], title="offkey explore"), base_url="http://127.0.0.1")
        clip = explorer.library.ids[len(explorer.library) // 2]
        real = explorer.library.root / explorer.library.name(clip)
        real.parent.mkdir(parents=True)
        soundfile.write(real, np.random.default_rng(0).normal(0, 0.01, 160_000), 16_000)

        def ask(address: str) -> None:
            answer = client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address} gave {answer.status_code}: {answer.text[:300]}")

        print(f"{args.clips} clips, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
        print("| page | first call, ms | median, ms | ratio to the empty page |\n| --- | ---: | ---: | ---: |")
        empty = 0.0
        for name, address in PAGES.items():
            address = address.format(clip=clip)
            first, *times = [timed(partial(ask, address)) for _ in range(args.repeats + 1)]
            empty = empty or median(times)
            print(f"| {name} | {first:.0f} | {median(times):.1f} | {median(times) / empty:.0f} |", flush=True)


if __name__ == "__main__":
    main()
