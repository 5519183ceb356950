"""The default beside its peers on real recordings: sets in noise, planted faults, faulty clips learnt, and change.

    python -m benchmarks.real DATA [--table sets planted faulty changes] [--set NAME ...] [--system NAME ...]
                              [--detector NAME ...] [--most 120] [--quick]

DATA is the folder with ``real/`` (each set ``train/``, ``test_normal/``, ``test_anomaly/``), ``dcase2020_real/``,
``noise/`` and ``encoders/``. No label fits or chooses anything. Where a peer is ahead of the default, the last column
says which and by how much, with a star where the 95 % interval of the paired difference leaves out zero. A peer
that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.real_sets import MOST, real_sets
from benchmarks.real_systems import systems
from benchmarks.real_tables import TABLES, Asked, Levels

QUICK = 30
QUICK_NOISE: Levels = {"ambience": (-18.0,)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables of docs/real.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--table", nargs="+", choices=list(TABLES), default=list(TABLES))
    parser.add_argument("--set", nargs="+", metavar="NAME", help="sets, by default all")
    parser.add_argument("--system", nargs="+", metavar="NAME", help="peers beside the default, by default all")
    parser.add_argument("--detector", nargs="+", default=[], metavar="NAME", help="further detectors of offkey")
    parser.add_argument("--most", type=int, default=MOST, help="clips of each kind that are tested [%(default)s]")
    parser.add_argument("--quick", action="store_true", help=f"at most {QUICK} of each kind, one kind of noise")
    args = parser.parse_args(arguments)
    known, all_systems = real_sets(args.data), systems(args.data, args.detector)
    first, *peers = all_systems
    if unknown := set(args.set or []) - set(known) or set(args.system or []) - {peer.name for peer in peers}:
        names = ", ".join([*known, *(peer.name for peer in peers)])
        parser.error(f"unknown: {', '.join(sorted(unknown))}; expected of {names}")
    wanted = [one for one in all_systems if args.system is None or one is first or one.name in args.system]
    for absent in (one for one in wanted if not one.installed):
        print(f"{absent.name}: {absent.absence}")
    asked = Asked(
        args.data,
        args.set or known,
        [one for one in wanted if one.installed],
        min(args.most, QUICK) if args.quick else args.most,
        QUICK_NOISE if args.quick else None,
    )
    for name in args.table:
        print(f"\n### {name}\n", flush=True)
        TABLES[name](asked)


if __name__ == "__main__":
    main()
