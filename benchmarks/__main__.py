"""Run the speed benchmarks: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import argparse

from benchmarks import cold_start, front_end, throughput

SPEED = {"front_end": front_end.main, "cold_start": cold_start.main, "throughput": throughput.main}


def main() -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of " + ", ".join(SPEED))
    chosen = parser.parse_args().names or list(SPEED)
    if unknown := set(chosen) - set(SPEED):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; expected {', '.join(SPEED)}")
    for name in chosen:
        print(f"\n== {name} ==", flush=True)
        SPEED[name]()


if __name__ == "__main__":
    main()
