"""The benchmarks: ``python -m benchmarks [NAME ...]``, by default those of speed.

Those on simulated scores need no data; those of figures need the folder of real recordings, spectra and noise. Each by
itself has options: ``python -m benchmarks.NAME -h``.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

SPEED = ("front_end", "chain", "cores", "live", "throughput", "detectors", "cold_start", "memory", "growth")

SIMULATED = (
    "edge_runtime",
    "events",
    "keeping",
    "month",
    "operating_states",
    "plant",
    "soak",
    "watching",
    "watching_live",
)

FIGURES = (
    "choices",
    "clip_length",
    "coreset",
    "detector_inputs",
    "detection",
    "domain_recordings",
    "domains",
    "edge",
    "embedding",
    "encoder_pooling",
    "explain",
    "false_alarms",
    "few_clips",
    "identify",
    "learned",
    "near_copies",
    "order",
    "peers",
    "pooling",
    "promise_in_time",
    "prototypes",
    "proxies",
    "real",
    "recordings",
    "sisters",
    "supplemental",
    "two_microphones",
)
DATA = Path(os.environ.get("OFFKEY_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = (*SPEED, *SIMULATED, *FIGURES)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of " + ", ".join(known))
    parser.add_argument("--data", type=Path, default=DATA, help="what benchmarks of figures read [%(default)s]")
    options = parser.parse_args(arguments)
    chosen = options.names or SPEED
    if unknown := set(chosen) - set(known):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; expected {', '.join(known)}")
    if set(chosen) & set(FIGURES) and not options.data.is_dir():
        parser.error(f"the folder {options.data} is absent: name another by --data or OFFKEY_TEST_DATA")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores{load}")
    for name in chosen:
        print(f"\n== {name} ==\n", flush=True)
        began = time.perf_counter()
        import_module(f"benchmarks.{name}").main([str(options.data)] if name in FIGURES else [])
        print(f"\n({time.perf_counter() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
