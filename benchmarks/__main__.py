"""The benchmarks of speed: ``python -m benchmarks [NAME ...]``; each by itself has options: ``benchmarks.NAME -h``."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Sequence
from importlib import import_module

SPEED = ("front_end", "chain", "cores", "live", "throughput", "detectors", "cold_start", "memory", "growth")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of " + ", ".join(SPEED))
    chosen = parser.parse_args(arguments).names or SPEED
    if unknown := set(chosen) - set(SPEED):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; expected {', '.join(SPEED)}")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores{load}")
    for name in chosen:
        print(f"\n== {name} ==\n", flush=True)
        began = time.perf_counter()
        import_module(f"benchmarks.{name}").main([])
        print(f"\n({time.perf_counter() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
